"""A command of the command line as plain data."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from core.cli.output import Output


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """For commands that take none."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command, as `core.cli.commands` lists it.

    Attributes:
        words: what is typed after `python -m core`: ``("train",)``, or group and name, ``("data", "add")``.
        help: one line for `--help`.
        carry_out: does it, from the parsed arguments; answers through the output and gives the exit code: 0 done,
            1 failed. A GraftError that it raises is shown by `core.__main__`.
        add_arguments: adds what the command takes to its parser.
        takes_json: whether `--json` asks for one JSON object on stdout.
        inner: started by the program itself, so its log is written at every level and no reader is told of it.
    """

    words: tuple[str, ...]
    help: str
    carry_out: Callable[[argparse.Namespace, Output], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = no_arguments
    takes_json: bool = True
    inner: bool = False

    @property
    def name(self) -> str:
        """As it is typed: `data add`."""
        return " ".join(self.words)
