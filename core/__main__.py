"""`python -m core ...`: the command line, and the door through which the scheduler and its workers start."""

import logging
import os
import sys

from core.cli.command import Command
from core.cli.output import Output
from core.cli.parser import build_parser
from core.errors import GraftError
from core.workspace import storage_error


def main(argv: list[str] | None = None) -> int:
    """Carry out one command; 0 done, 1 failed for a reason that the message names, 2 wrong usage."""
    arguments = build_parser().parse_args(argv)
    command: Command = arguments.chosen
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    out = Output(arguments.json)
    if command.inner:
        return command.carry_out(arguments, out)
    logging.getLogger().setLevel(logging.WARNING)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        return command.carry_out(arguments, out)
    except GraftError as error:
        return _refuse(error, out)
    except BrokenPipeError:
        return 1
    except OSError as error:
        return _refuse(storage_error(error), out)


def _refuse(error: GraftError, out: Output) -> int:
    """Say what was wrong: as one JSON object where that was asked for, and always for a reader."""
    out.clear()
    if out.as_json:
        out.answer({"error": {"message": error.message, "hint": error.hint}}, ())
    print(f"Error: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
