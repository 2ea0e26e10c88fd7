"""The command that puts a model behind HTTP."""

import argparse
from pathlib import Path

from core.cli.output import Output


def serve_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, where to listen, who may ask, and what answers."""
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (the default)")
    parser.add_argument(
        "--address", default="127.0.0.1", help="any but this machine's own needs a token (default 127.0.0.1)"
    )
    parser.add_argument(
        "--token-file", metavar="FILE", help="its content must come with each request, as a bearer token"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes, each with the model (default 1)")
    parser.add_argument(
        "--engine", default="auto", choices=["auto", "torch", "onnx", "onnx-int8"],
        help="what answers; auto takes ONNX where the export was measured quicker",
    )  # fmt: skip


def serve(arguments: argparse.Namespace, out: Output) -> int:
    """Answer HTTP requests with a finished run's model until Ctrl-C or SIGTERM.

    JSON: run, address, once it answers; then it goes on serving.

    Raises:
        GraftError: when the run has no model, the port cannot be used, a package is missing, or other machines could ask without a
            token.
    """
    from core.runs.folder import get_run
    from core.serve.serving import Settings, read_token, serve
    from core.serve.started import endpoint

    run = get_run(arguments.run)
    token = read_token(Path(arguments.token_file).expanduser()) if arguments.token_file else ""
    settings = Settings(run.id, arguments.address, arguments.port, arguments.engine, token, arguments.workers)

    def ready(address: str) -> None:
        endpoint(run).note(address)
        lines = [f"{run.short_name} answers at {address}/predict (to try it: {address}/)", "Ctrl-C ends it."]
        out.answer({"run": run.id, "address": address}, lines)

    try:
        serve(settings, ready, run.path.is_dir)
    finally:
        endpoint(run).forget()
    return 0
