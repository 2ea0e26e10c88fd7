"""Tables of web pages, which is also what many programs write under the name of an Excel file."""

import re
from html.parser import HTMLParser
from pathlib import Path

from core.data.reading.limits import MOST_CELLS, MOST_COLUMNS
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.recast_file import open_as_delimited
from core.data.reading.table_reader import TableReader
from core.data.reading.text_sample import encoding_of
from core.data.reading.transcode import text_pieces
from core.errors import DatasetError

FEWEST_ROWS, FEWEST_COLUMNS = 2, 2
SHARE = 0.8  # of the letters on a page that its table must hold: else it is a page with a table, not a table
_BEGINNING = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<!--.{0,2000}?-->\s*)*<(!doctype\s+html|html|head|meta|body|style|table)\b", re.I | re.S
)
_UNSEEN = ("script", "style", "title", "head", "noscript", "template")
_BREAKS = ("br", "p", "div", "li")


def is_web_page(head: bytes, ending: str) -> bool:
    """Whether a text begins as a web page does."""
    return _BEGINNING.match(head) is not None


def open_web_page(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The largest table of a page, where it is what the page is about; of the options encoding and header count.

    Raises:
        DatasetError: for a page without such a table, such as an error page that was saved in place of a file.
    """
    strict = options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    page = _Page(name)
    for text, _done, _misfits in text_pieces(path, guess.encoding, name, strict):
        page.feed(text)
    page.close()
    rows = max(page.tables, key=lambda table: sum(map(len, table)), default=[])
    width = max(map(len, rows), default=0)
    letters = sum(len(cell) for row in rows for cell in row)
    if len(rows) < FEWEST_ROWS or width < FEWEST_COLUMNS or letters < SHARE * page.letters:
        raise DatasetError(
            f"{name} is a web page, not the file behind the link.",
            "Download the file itself, then upload that; a table on the page can be copied into a spreadsheet.",
        )
    even = [row + [""] * (width - len(row)) for row in rows]
    return open_as_delimited(even, path, name, "a web page", options.header)


class _Page(HTMLParser):
    """The cells of all tables of a page, spanned ones repeated, and how many letters it shows."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.tables, self.letters = name, list[list[list[str]]](), 0
        self._open: list[list[list[str]]] = []  # tables inside one another
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._spans, self._held = (
            (1, 1),
            dict[int, tuple[int, str]](),
        )  # of this cell; column -> rows it goes on for, its text
        self._unseen = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._end_row()
            self._open.append([])
            self._held = {}
        elif tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            if self._row is None:
                self._row = []
            given = dict(attrs)
            self._spans = (_span(given.get("colspan")), _span(given.get("rowspan")))
            self._cell = []
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table" and self._open:
            self._end_row()
            self.tables.append(self._open.pop())

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        self.letters += len("".join(data.split()))
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_row()
        self.tables += self._open
        self._open = []

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._take_held()
        text = "\n".join(" ".join(line.split()) for line in "".join(self._cell).split("\n")).strip()
        across, down = self._spans
        for _ in range(min(across, MOST_COLUMNS - len(self._row))):
            if down > 1:
                self._held[len(self._row)] = (down - 1, text)
            self._row.append(text)
        self._cell = None
        self._cells += across
        if self._cells > MOST_CELLS:
            raise DatasetError(f"{self.name} has more than {MOST_CELLS:,} cells.", "Split it, or write it as CSV.")

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None and self._open:
            self._take_held()
            if any(self._row):
                self._open[-1].append(self._row)
        self._row = None

    def _take_held(self) -> None:
        """Cells of earlier rows that reach into this one, at the place where it stands."""
        while self._row is not None and len(self._row) in self._held:
            place = len(self._row)
            left, text = self._held.pop(place)
            if left > 1:
                self._held[place] = (left - 1, text)
            self._row.append(text)


def _span(value: str | None) -> int:
    return min(int(value), 65_534) if value and value.isdigit() and int(value) else 1


WEB_PAGE = Reader("web_page", "web page", ("html", "htm"), is_web_page, open_web_page, binary=False)
