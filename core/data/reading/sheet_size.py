"""How far the cells of a new workbook's sheets reach, read from their XML before a library makes room for all of them.

A sheet with two filled cells in opposite corners takes a thousand bytes, and half a terabyte as the rectangle between them.
Source of the references (A1, XFD1048576): ECMA-376, part 1, 18.3.1.4 and 18.18.7.
"""

import re
import zipfile
from pathlib import Path

from core.data.reading.limits import MOST_CELLS
from core.errors import DatasetError

LOOKED = (
    64 << 20
)  # bytes of a sheet's XML up to which it is looked at: a longer one is filled, and bounded by its memory
BLOCK = 4 << 20
LONGEST = 64  # bytes of a reference and what stands before it, which two blocks may share
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


def refuse_sparse(path: Path, name: str) -> None:
    """Raise where the filled cells of a sheet span more cells than memory should bear; other files pass.

    Raises:
        DatasetError: with the span and the last cell.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for sheet in archive.infolist():
                if _SHEET.fullmatch(sheet.filename) and sheet.file_size <= LOOKED:
                    rows, columns = _span(archive, sheet)
                    if rows * columns > MOST_CELLS:
                        raise DatasetError(
                            f"{name} has a sheet whose cells are spread over {rows:,} rows and {columns:,} columns, nearly all empty.",
                            "Delete what stands far outside the table, or save the sheet as CSV.",
                        )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):  # told by the reader itself
        return


def _span(archive: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> tuple[int, int]:
    """Rows and columns of the rectangle from the first to the last cell that bears a reference."""
    rows: set[int] = set()
    letters: set[bytes] = set()
    with archive.open(sheet) as file:
        kept = b""
        while block := file.read(BLOCK):
            cells = _CELL.findall(kept + block)
            letters |= {column for column, _ in cells}
            numbers = {int(row) for _, row in cells}
            rows |= {min(numbers), max(numbers)} if numbers else set()
            kept = block[-LONGEST:]
    columns = {_column(column) for column in letters}
    return (max(rows) - min(rows) + 1, max(columns) - min(columns) + 1) if rows else (0, 0)


def _column(letters: bytes) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
