"""Commands that show a result to others: a report as one file, a presentation with the model behind it."""

import argparse
from pathlib import Path

from core.cli.output import Output


def report_arguments(parser: argparse.ArgumentParser) -> None:
    """The runs or the study, the file, what to leave out and a note."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run, several runs, or a study, by id or name")
    parser.add_argument("--output", required=True, metavar="FILE", help="ends in .html")
    parser.add_argument("--without", nargs="+", default=[], metavar="SECTION", help="sections to leave out, such as examples")
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
