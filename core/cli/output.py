"""What the command line prints: one JSON object on stdout with ``--json``, else lines for a reader."""

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO


class Output:
    """Where a command's answer and its progress go."""

    def __init__(self, as_json: bool):
        self.as_json = as_json
        self._bar = False

    def answer(self, value: dict[str, Any], lines: Iterable[str]) -> None:
        """The answer: ``value`` as one JSON object, or ``lines`` for a person."""
        self.clear()
        if self.as_json:
            print(json.dumps(value, ensure_ascii=False), flush=True)
        else:
            for line in lines:
                print(line, flush=True)

    def say(self, line: str) -> None:
        """Something on the way; always on stderr."""
        self.clear()
        print(line, file=sys.stderr, flush=True)

    def bar(self, share: float, text: str, stream: TextIO = sys.stderr) -> None:
        """A progress bar on one line of a terminal; nothing where stderr is a file."""
        if stream.isatty():
            done = int(30 * min(1.0, max(0.0, share)))
            print(f"\r\033[K{'█' * done}{'·' * (30 - done)} {share:4.0%} {text}", end="", file=stream, flush=True)
            self._bar = True

    def clear(self) -> None:
        if self._bar:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._bar = False


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> list[str]:
    """Rows as aligned lines under a heading."""
    cells = [[str(row.get(column, "") if row.get(column) is not None else "") for column in columns] for row in rows]
    widths = [
        max(len(name), *(len(row[index]) for row in cells)) if cells else len(name)
        for index, name in enumerate(columns)
    ]
    lines = ["  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True))]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return [line.rstrip() for line in lines]


def percent(value: float | None) -> str:
    """0.8512 as 85.1 %."""
    return "" if value is None else f"{100 * value:.1f} %"
