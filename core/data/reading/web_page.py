"""Tables of web pages, which is also what many programs write under the name of an Excel file."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from core.data.reading.page_tables import Page, PageTable
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.recast_file import left_out_tables, open_as_delimited
from core.data.reading.table_reader import TableReader
from core.data.reading.text_sample import encoding_of
from core.data.reading.transcode import text_pieces
from core.errors import DatasetError

FEWEST_ROWS, FEWEST_COLUMNS = 2, 2
LEAST = 0.5  # of all letters
SHARE = 0.8  # of the letters on a page beside its other tables that its table must hold: else it is a page with a table, not a table
_BEGINNING = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<!--.{0,2000}?-->\s*)*<(!doctype\s+html|html|head|meta|body|style|table)\b", re.I | re.S
)


def is_web_page(head: bytes, ending: str) -> bool:
    """Whether a text begins as a web page does."""
    return _BEGINNING.match(head) is not None


def open_web_page(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """The largest table of a page with all others of its names, where they are what the page is about; of the options
    encoding and header count.

    Raises:
        DatasetError: for a page without such a table, such as an error page that was saved in place of a file.
    """
    strict = options.encoding is not None
    guess = encoding_of(path, options.encoding, name)
    page = Page(name)
    for text, _done, _misfits in text_pieces(path, guess.encoding, name, strict):
        page.feed(text)
    page.close()
    largest = max(page.tables, key=lambda table: sum(map(len, table.rows)), default=PageTable())
    apart = [table for table in page.tables if largest not in _around(table) and table not in _around(largest)]
    apart = [table for table in apart if _row_and_column(table) and not table.inside]
    taken = [largest, *(table for table in apart if largest.rows and table.rows[0] == largest.rows[0])]
    others = [table for table in apart if all(table is not other for other in taken)]
    letters = _letters(taken)
    is_about = letters >= max(SHARE * (page.letters - _letters(others)), LEAST * page.letters)
    if not largest.rows or not _row_and_column(largest) or not is_about:
        raise DatasetError(
            f"{name} is a web page, not the file behind the link.",
            "Download the file itself, then upload that; a table on the page can be copied into a spreadsheet.",
        )
    in_order = [table for table in page.tables if any(table is other for other in taken)]
    rows = [row for table in in_order for row in table.rows[table is not in_order[0] :]]
    width = max(map(len, rows))
    even = [row + [""] * (width - len(row)) for row in rows]
    opened = open_as_delimited(even, path, name, "a web page", options.header)
    told = Counter[tuple[str, ...]]()
    for table in others:
        told[tuple(table.rows[0])] += len(table.rows) - 1
    return replace(opened, warnings=(*opened.warnings, *left_out_tables(told)))


def _row_and_column(table: PageTable) -> bool:
    return len(table.rows) >= FEWEST_ROWS and max(map(len, table.rows)) >= FEWEST_COLUMNS


def _letters(tables: list[PageTable]) -> int:
    return sum(len("".join(cell.split())) for table in tables for row in table.rows for cell in row)


def _around(table: PageTable) -> list[PageTable]:
    """A table and those in whose cells it stands."""
    return [table, *(_around(table.inside) if table.inside else [])]


WEB_PAGE = Reader("web_page", "web page", ("html", "htm"), is_web_page, open_web_page, binary=False)
