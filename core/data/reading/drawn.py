"""The rows of tables drawn in plain text, line by line: where one begins and ends, cells of several lines, and what stands around."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise

from core.data.reading.skipped import SkippedRow

OUTSIDE, UNEVEN = "outside the table", "not as many cells as the names"
LONGEST_CELL = 500  # lines of one row, after which it is given up
_DRAWS = " \t\r|+:-="  # what a line that only draws consists of
_RULE = re.compile(r"\s*[|+]?\s*:?(-{3,}|={3,}):?\s*([|+]\s*:?(-{2,}|={2,}):?\s*)*[|+]?\s*")
_UNDER_NAMES = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")  # Markdown is content with one dash a column
_COUNT = re.compile(r"\(?[\d,.]+ rows?( in set.*)?\)?")  # what a database client prints below
_BAR = re.compile(r"(?<!\\)\|")


def is_rule(line: str) -> bool:
    """Whether a line only draws."""
    return not line.strip(_DRAWS) and _RULE.fullmatch(line) is not None


def is_names_over(names: str, rule: str, above: str, is_markdown: bool = True) -> bool:
    """Whether a line is the names of a table: the one below is drawn in as many pieces, in a box so is the one above.

    Args:
        is_markdown: whether a single dash draws.
    """
    if "|" not in names or rule.strip(_DRAWS):  # most lines, told without a pattern
        return False
    drawn = is_rule(rule) or (is_markdown and _UNDER_NAMES.fullmatch(rule) is not None)
    if is_rule(names) or not drawn or not ("|" in rule or "+" in rule):
        return False
    if len(split_cells(names)) != len(split_cells(rule.strip().replace("+", "|"))):
        return False
    return not rule.strip().startswith("+") or (is_rule(above) and above.strip().startswith("+"))


def split_cells(line: str) -> list[str]:
    """What stands between the bars, blanks and all; a bar behind a backslash belongs to its cell."""
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if _is_closed(inner) else inner
    return [cell.replace("\\|", "|") for cell in _BAR.split(inner)]


def _is_closed(line: str) -> bool:
    return line.rstrip().endswith("|") and not line.rstrip().endswith("\\|")


@dataclass(slots=True)
class Drawn:
    """What is found in the lines of a file beside the rows of one table and of those with the same names.

    Attributes:
        names: of that table; those of the first one where they are not given.
        skipped: lines that are no part of them, and rows of another width.
        others: names of each table that is left out -> its rows.
        padded: rows with fewer cells than names.
        read: rows that were read.
    """

    names: tuple[str, ...] = ()
    skipped: list[SkippedRow] = field(default_factory=list)
    others: dict[tuple[str, ...], int] = field(default_factory=dict)
    padded: int = 0
    read: int = 0
    _table: tuple[str, ...] = ()  # names of the table that is being read, none outside of one
    _order: list[int] = field(
        default_factory=list
    )  # places of its cells in the order of the names; none for another table
    _has_begun: bool = False
    _kind: str = ""  # of that table: open, edged (bars at both ends), box, grid (a line drawn below each row)
    _apart: bool = False  # whether the last line was blank, or in a box drawn
    _begun: list[str] = field(default_factory=list)  # lines of a row that is not whole yet
    _held: list[str] = field(default_factory=list)  # cells that may go on in the next line
    _at: int = 0  # line at which that row begins

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The names, then the cells of each row."""
        above, rule = "", 0
        for number, (line, following) in enumerate(pairwise(chain(lines, ("",))), 1):
            if number == rule:
                pass
            elif self._begins(line, following, above):
                yield from self._end()
                yield from self._begin(line, following)
                rule = number + 1
            elif not self._table:
                self._leave(number, line)
            elif self._kind in ("box", "grid"):
                yield from self._in_box(number, line)
            else:
                yield from self._in_table(number, line)
            above = line
        yield from self._end()

    def _begins(self, line: str, following: str, above: str) -> bool:
        """Whether a table begins here: inside of one only behind a blank line, or where its names come again."""
        if not is_names_over(line, following, above):
            return False
        if not self._table:
            return True
        if self._kind in ("box", "grid"):
            return False
        return self._apart or tuple(_stripped(split_cells(line))) == self._table

    def _begin(self, line: str, rule: str) -> Iterator[list[str]]:
        in_a_box = "grid" if "=" in rule else "box"
        edged = "edged" if line.strip().startswith("|") and _is_closed(line) else "marked" if "+" in rule else "open"
        self._kind = in_a_box if rule.strip().startswith("+") else edged
        self._table, self._apart = tuple(_stripped(split_cells(line))), self._kind in ("box", "grid")
        self.names = self.names or self._table
        is_same = sorted(self._table) == sorted(self.names) and len(set(self.names)) == len(self.names)
        self._order = list(map(self._table.index, self.names)) if is_same else []
        if self._table == self.names:
            self._order = list(range(len(self.names)))
        if not self._order:
            self.others.setdefault(self._table, 0)
        elif not self._has_begun:
            self._has_begun = True
            yield list(self.names)

    def _in_table(self, number: int, line: str) -> Iterator[list[str]]:
        """A line of a table without a frame, to its end: at a line without a bar."""
        if self._begun:
            joined = "\n".join((*self._begun, line))
            if not line.strip() or line.strip().startswith("|") or len(split_cells(joined)) > len(self._table):
                self._give_up()
            else:
                self._begun.append(line)
                if _is_closed(joined) and len(split_cells(joined)) == len(self._table):
                    yield from self._whole(self._at, joined)
                return
        if not line.strip() or is_rule(line):
            self._apart = self._apart or not line.strip()
            return
        cells = split_cells(line)
        if "|" not in line or (self._apart and len(cells) != len(self._table)):
            yield from self._end()
            self._leave(number, line)
        elif self._kind == "edged" and not _is_closed(line) and len(cells) < len(self._table):
            self._begun, self._at = [line], number
        else:
            self._apart = False
            yield from self._whole(number, line)

    def _in_box(self, number: int, line: str) -> Iterator[list[str]]:
        """A line inside a frame, in which a row goes on until it has its width."""
        drawn, width = is_rule(line) and line.strip().startswith("+"), len(self._table)
        starts = line.strip().startswith("|")
        if self._begun and (drawn or (starts and _is_closed(line) and len(split_cells(line)) == width)):
            self._give_up()
        if self._begun:
            self._begun.append(line)
            joined = "\n".join(self._begun)
            if _is_closed(line) and len(split_cells(joined)) >= width:
                yield from self._whole(self._at, joined)
            elif len(self._begun) > LONGEST_CELL:
                self._give_up()
        elif drawn:
            yield from self._release()
            if self._apart:
                self._table = ()
            self._apart = True
        elif starts:
            self._apart = False
            if _is_closed(line) and len(split_cells(line)) >= width:
                yield from self._whole(number, line)
            else:
                self._begun, self._at = [line], number
        else:
            if self._apart:
                yield from self._end()
            self._leave(number, line)

    def _whole(self, number: int, line: str) -> Iterator[list[str]]:
        """A row with all its lines; one that another goes on with, as psql and grids have it, is held back."""
        cells, self._begun = split_cells(line), []
        if self._kind == "marked" and len(bare := _BAR.split(line)) == len(self._table):
            cells = bare  # the first cell of a line that goes on is empty, and no bar stands before it
        missing = len(self._table) - len(cells)
        if missing < 0 or (missing and self._kind == "edged" and not line.strip().startswith("|")):
            yield from self._release()
            self.skipped.append(SkippedRow(number, UNEVEN, line, self.read))
            return
        self.padded += missing > 0
        cells += [""] * missing
        if self._held and self._goes_on(cells):
            self._held = [
                f"{old.removesuffix('+').rstrip() if self._kind != 'grid' else old.rstrip()}\n{new}"
                if new.strip()
                else old
                for old, new in zip(self._held, cells, strict=True)
            ]
            return
        yield from self._release()
        self._held = cells
        if self._kind != "grid" and not self._is_marked(cells):
            yield from self._release()

    def _is_marked(self, cells: list[str]) -> bool:
        return self._kind in ("marked", "box") and any(cell.endswith("+") for cell in cells)

    def _goes_on(self, cells: list[str]) -> bool:
        """Whether cells go on those that are held: only where psql marked that they do, in a grid always."""
        marked = zip(self._held, cells, strict=True)
        return self._kind == "grid" or all(old.endswith("+") or not new.strip() for old, new in marked)

    def _release(self) -> Iterator[list[str]]:
        """The row that was held back."""
        if self._held and self._order:
            self.read += 1
            cells = _stripped(self._held)
            yield [cells[place] for place in self._order]
        elif self._held:
            self.others[self._table] += 1
        self._held = []

    def _give_up(self) -> None:
        """A row that never got its width is set aside."""
        self.skipped.append(SkippedRow(self._at, UNEVEN, "\n".join(self._begun), self.read))
        self._begun = []

    def _end(self) -> Iterator[list[str]]:
        if self._begun:
            self._give_up()
        yield from self._release()
        self._table, self._apart = (), False

    def _leave(self, number: int, line: str) -> None:
        """A line outside of all tables is set aside, but for one that only draws or counts."""
        if line.strip() and not is_rule(line) and not _COUNT.fullmatch(line.strip()):
            self.skipped.append(SkippedRow(number, OUTSIDE, line, self.read))


def _stripped(cells: list[str]) -> list[str]:
    return ["\n".join(line.strip() for line in cell.strip().split("\n")) for cell in cells]
