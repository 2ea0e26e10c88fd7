"""The cells of the tables of a web page, as a browser lays them out."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from core.data.reading.limits import MOST_CELLS, MOST_COLUMNS
from core.errors import DatasetError

TO_THE_END = 65_534  # rows that a cell spans at most, and those of rowspan=0: all of its section
DEEPEST = 20  # tables inside one another; what is further in is text
_UNSEEN = ("script", "style", "title", "noscript", "template")
_OF_HEAD = (*_UNSEEN, "html", "head", "meta", "link", "base")  # any other tag ends the head of a page
_SECTIONS = ("thead", "tbody", "tfoot")
_BREAKS = ("br", "p", "div", "li")


@dataclass(slots=True, eq=False)
class PageTable:
    """One table, while it is read and afterwards.

    Attributes:
        inside: the table in a cell of which it stands.
    """

    inside: "PageTable | None" = None
    rows: list[list[str]] = field(default_factory=list)
    row: list[str] | None = None
    cell: list[str] | None = None
    spans: tuple[int, int] = (1, 1)  # of this cell, across and down
    held: dict[int, tuple[int, str]] = field(default_factory=dict)  # column -> rows that a cell goes on for, its text

    def begin_cell(self, attrs: dict[str, str | None]) -> None:
        """A cell begins, in a row of its own where none did."""
        self.end_cell()
        if self.row is None:
            self.row = []
        across, down = _span(attrs.get("colspan")), _span(attrs.get("rowspan"))
        self.spans = (max(1, across), down or TO_THE_END)
        self.cell = []

    def end_cell(self) -> None:
        """Put the cell, as often as it spans columns, into its row."""
        if self.cell is None or self.row is None:
            return
        self._take_held()
        text = "\n".join(" ".join(line.split()) for line in "".join(self.cell).split("\n")).strip()
        across, down = self.spans
        for _ in range(min(across, MOST_COLUMNS - len(self.row))):
            if down > 1:
                self.held[len(self.row)] = (down - 1, text)
            self.row.append(text)
        self.cell = None

    def end_row(self) -> int:
        """Put the row, where anything stands in it, into the table; how many cells that are."""
        self.end_cell()
        self._take_held()
        row, self.row = self.row or [], None
        if any(row):
            self.rows.append(row)
        return len(row)

    def _take_held(self) -> None:
        """Cells of earlier rows that reach into this one, at the place where it stands."""
        while self.row is not None and len(self.row) in self.held:
            place = len(self.row)
            left, text = self.held.pop(place)
            if left > 1:
                self.held[place] = (left - 1, text)
            self.row.append(text)


class Page(HTMLParser):
    """All tables of a page, spanned cells repeated, and how many letters it shows.

    What stands in a table inside of a cell is text of that cell too.
    """

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.tables, self.letters = name, list[PageTable](), 0
        self._open: list[PageTable] = []  # tables inside one another
        self._in_head, self._unseen, self._deeper, self._cells = False, 0, 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_head = tag == "head" or (self._in_head and tag in _OF_HEAD)
        if tag == "body":
            self._unseen = 0
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            if len(self._open) < DEEPEST:
                self._open.append(PageTable(self._open[-1] if self._open else None))
            else:
                self._deeper += 1
        elif not self._open or self._deeper:
            return
        elif tag in _SECTIONS:
            self._end_section()
        elif tag == "tr":
            self._end_row()
            self._open[-1].row = []
        elif tag in ("td", "th"):
            self._open[-1].begin_cell(dict(attrs))
        elif tag in _BREAKS and self._open[-1].cell:
            self._open[-1].cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self._in_head = False
        elif tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "table" and self._deeper:
            self._deeper -= 1
        elif not self._open or self._deeper:
            return
        elif tag in ("td", "th"):
            self._open[-1].end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag in _SECTIONS:
            self._end_section()
        elif tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._unseen or self._in_head:
            return
        self.letters += len("".join(data.split()))
        if self._open and (cell := self._open[-1].cell) is not None:
            cell.append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._end_table()

    def _end_table(self) -> None:
        self._end_row()
        table = self._open.pop()
        self.tables.append(table)
        if self._open and (cell := self._open[-1].cell) is not None:
            cell.append("\n" + "\n".join(" ".join(row) for row in table.rows) + "\n")

    def _end_section(self) -> None:
        """No cell goes on beyond the section of rows that it stands in."""
        self._end_row()
        self._open[-1].held = {}

    def _end_row(self) -> None:
        self._cells += self._open[-1].end_row()
        if self._cells > MOST_CELLS:
            raise DatasetError(f"{self.name} has more than {MOST_CELLS:,} cells.", "Split it, or write it as CSV.")


def _span(value: str | None) -> int:
    return min(int(value), TO_THE_END) if value and value.isdecimal() else 1
