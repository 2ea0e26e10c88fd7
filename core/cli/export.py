"""Commands that show a result to others: a report as one file, a presentation with the model behind it."""

import argparse
from pathlib import Path

from core.cli.output import Output


def report_arguments(parser: argparse.ArgumentParser) -> None:
    """The runs or the study, the file, what to leave out and a note."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run, several runs, or a study, by id or name")
    parser.add_argument("--output", required=True, metavar="FILE", help="ends in .html")
    parser.add_argument(
        "--without", nargs="+", default=[], metavar="SECTION", help="sections to leave out, such as examples"
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="shown on top")


def report(arguments: argparse.Namespace, out: Output) -> int:
    """Write a report of a run, a comparison or a ladder: one HTML file that needs nothing else.

    JSON: output (the whole path), bytes.

    Raises:
        GraftError: when a run does not exist or has no result, a section is unknown, or the file cannot be written.
    """
    from core.errors import GraftError
    from core.export.report import find, write_report

    path = Path(arguments.output).resolve()
    if path.suffix.lower() not in (".html", ".htm"):
        raise GraftError(f"The report would be called {path.name[:80]!r}.", "Give it a name that ends in .html.")
    size = write_report(find(arguments.runs), path, arguments.without, arguments.note)
    out.answer({"output": str(path), "bytes": size}, [f"Report written to {path} ({size:,} bytes)."])
    return 0


def present_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, and where to listen."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (the default)")
    parser.add_argument("--address", default="127.0.0.1", help="0.0.0.0 lets other machines in (default 127.0.0.1)")
    parser.add_argument("--owner", type=int, help=argparse.SUPPRESS)  # the process with which it ends


def present(arguments: argparse.Namespace, out: Output) -> int:
    """Serve a run's story with the model behind it to who has the link, until Ctrl-C or SIGTERM.

    JSON: run, address (the link with its token); then it goes on serving.

    Raises:
        GraftError: when the run has no result or no model, or the port cannot be used.
    """
    import psutil

    from core.errors import GraftError
    from core.jobs.process import identity
    from core.present.presenting import presentation
    from core.present.serving import open_server, serve
    from core.runs.folder import get_run

    run = get_run(arguments.run)
    try:
        owner = identity(arguments.owner) if arguments.owner else None
    except psutil.NoSuchProcess as error:
        raise GraftError("Who asked for this is gone.", "Ask again.") from error
    server = open_server(run, arguments.address, arguments.port)

    def ready() -> None:
        if owner is not None:
            presentation(run).note(server.link)
        lines = [f"{run.short_name} is shown at {server.link}", "Ctrl-C ends it, and the link with it."]
        out.answer({"run": run.id, "address": server.link}, lines)

    try:
        serve(server, run, owner, ready)
    finally:
        if owner is not None:
            presentation(run).forget()
    return 0
