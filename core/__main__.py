"""`python -m core ...`: the command line, and the door through which the scheduler and its workers start."""

import logging
import os
import sys
from pathlib import Path

from core.cli import commands
from core.cli.output import Output
from core.cli.parser import build_parser
from core.errors import GraftError


def main(argv: list[str] | None = None) -> int:
    """Carry out one command; 0 done, 1 failed for a reason that the message names, 2 wrong usage."""
    arguments = build_parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if arguments.command == "scheduler":
        from core.jobs.scheduler import serve

        serve()
        return 0
    if arguments.command == "flusher":
        from core.runs.store import serve as carry

        carry()
        return 0
    if arguments.command == "worker":
        from core.jobs.worker import work

        return work(Path(arguments.folder))
    logging.getLogger().setLevel(logging.WARNING)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    out = Output(getattr(arguments, "json", False))
    name = "_".join(filter(None, (arguments.command, getattr(arguments, "action", None)))).replace("-", "_")
    try:
        return int(getattr(commands, name)(arguments, out))
    except GraftError as error:
        out.clear()
        if out.as_json:
            out.answer({"error": {"message": error.message, "hint": error.hint}}, ())
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
