"""Excel and OpenDocument workbooks, sheet by sheet."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from core.data.reading.compression import ZIPPED
from core.data.reading.header import ask_header, column_names, names_of_titles, title_rows, weigh_header
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.sheet_cells import fill_merged, unsaved_formulas
from core.data.reading.sheet_size import refuse_sparse
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch, TableReader, string_table
from core.errors import DatasetError

ROWS = 16_384  # rows in a batch
ENDINGS = ("xlsx", "xls", "xlsm", "xlsb", "ods")
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # the container of Office before 2007, and of encrypted workbooks
COVER = 1 / 10  # of the rows of the longest sheet: one with fewer is passed over as a cover

NumberedRow = tuple[int, list[str]]  # the number of a row in its sheet, from 1, and its cells


class SheetContent(NamedTuple):
    """The filled rows of a sheet, and how many cells of each of its columns were filled from merged ones."""

    rows: list[NumberedRow]
    merged: Counter[int] = Counter()


def is_workbook(head: bytes, ending: str) -> bool:
    """Whether this is a workbook: what new ones share with zip archives is told apart by the names inside or the ending."""
    if head.startswith(OLD_OFFICE):
        return True
    return head.startswith(ZIPPED) and (b"xl/" in head or ending in ("xlsx", "xlsm", "xlsb", "ods"))


def open_workbook(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """One sheet of a workbook: the one asked for, else the first that holds a table.

    Raises:
        DatasetError: when there is no such sheet, or the workbook is encrypted or damaged.
    """
    from python_calamine import CalamineWorkbook

    _refuse_other_office_files(path, name)
    refuse_sparse(path, name)
    sheet = options.sheet
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = tuple(book.sheet_names)
        contents = {title: _contents(book, title) for title in ((sheet,) if sheet in sheets else sheets)}
    except BaseException as error:  # calamine raises many kinds for damaged workbooks, panics among them
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise DatasetError(
            f"{name} cannot be read as an Excel workbook: {error}.", "Remove its password or save it again as .xlsx."
        ) from error
    if sheet is not None and sheet not in sheets:
        raise DatasetError(f"{name} has no sheet {sheet!r}.", f"Its sheets: {', '.join(sheets)}.")
    chosen = sheet or _first_table({title: content.rows for title, content in contents.items()})
    return _open_sheet(contents.get(chosen, SheetContent([])), name, path, sheets, chosen, options)


def _refuse_other_office_files(path: Path, name: str) -> None:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    is_old = head.startswith(OLD_OFFICE)
    if "EncryptedPackage".encode("utf-16-le") in head or (is_old and _has_stream(path, "EncryptedPackage")):
        raise DatasetError(
            f"{name} is a workbook with a password (encrypted).", "Remove its password in Excel and save it."
        )
    for stream, title in (("WordDocument", "a Word document"), ("PowerPoint Document", "a presentation")):
        if is_old and _has_stream(path, stream):
            raise DatasetError(f"{name} is {title}, not an Excel workbook.", "Copy its texts into a table first.")


def _has_stream(path: Path, stream: str) -> bool:
    return stream.encode("utf-16-le") in path.read_bytes()


def _contents(book: Any, title: str) -> SheetContent:
    """The rows of a sheet that are not blank, merged cells filled."""
    try:
        sheet = book.get_sheet_by_name(title)
        values = sheet.to_python(skip_empty_area=False)
    except ValueError:  # a sheet that holds a chart
        return SheetContent([])
    cells = [[cell_as_text(value) for value in row] for row in values]
    merged = fill_merged(cells, list(sheet.merged_cell_ranges or ()))
    rows = [(number, row) for number, row in enumerate(cells, 1) if any(cell.strip() for cell in row)]
    return SheetContent(rows, merged)


def _first_table(rows_of: dict[str, list[NumberedRow]]) -> str:
    """The first sheet that holds a good part of the rows of the longest, so that a cover sheet is passed over."""
    longest = max((len(rows) for rows in rows_of.values()), default=0)
    tables = (sheet for sheet, rows in rows_of.items() if rows and len(rows) >= longest * COVER)
    return next(tables, next(iter(rows_of), ""))


def _open_sheet(
    content: SheetContent, name: str, path: Path, sheets: tuple[str, ...], sheet: str, options: ReadingOptions
) -> TableReader:
    rows = content.rows
    if not rows:
        raise DatasetError(f"The sheet {sheet!r} of {name} is empty.", f"Its sheets: {', '.join(sheets)}.")
    rows, left = _without_empty_edges(rows)
    width = len(rows[0][1])
    titles = _title_rows([row for _, row in rows[:50]])
    skipped = tuple(
        SkippedRow(number, "above the table", " ".join(filter(None, row)), None) for number, row in rows[:titles]
    )
    cells = [row for _, row in rows[titles:]]
    evidence = weigh_header(cells[:1000])
    header = evidence.named if options.header is None else options.header
    names = title_rows(cells[:1000]) if header else 0
    skipped += tuple(
        SkippedRow(number, "above the table", " ".join(filter(None, row))) for number, row in rows[titles:][1:names]
    )
    columns = tuple(column_names(names_of_titles(cells[:names]) if names else None, width))
    warnings: tuple[str, ...] = ()
    if len(sheets) > 1 and options.sheet is None:
        warnings = (f"The workbook has {len(sheets)} sheets; {sheet!r} was read. Others: {_others(sheets, sheet)}.",)
    warnings += tuple(_filled_sentences(content.merged, columns, left))
    warnings += tuple(_formula_sentences(unsaved_formulas(path, sheet), columns, left))
    return TableReader(
        name, path.suffix.lstrip(".").lower() or name.rsplit(".", 1)[-1].lower(), columns, path.stat().st_size,
        partial(_batches, cells[names:], columns), header=header, sheets=sheets, sheet=sheet,
        skipped=skipped, warnings=warnings, reasons={"header": evidence.why if options.header is None else "as you said"},
        asks=() if evidence.sure or options.header is not None or names > 1 else (ask_header(cells, header),),
    )  # fmt: skip


def _filled_sentences(merged: Counter[int], columns: tuple[str, ...], left: int) -> list[str]:
    names = [(columns[at - left], count) for at, count in sorted(merged.items()) if 0 <= at - left < len(columns)]
    return [
        f"{count:,} cells of {name!r} are parts of merged cells: they took the value of these." for name, count in names
    ]


def _formula_sentences(formulas: Counter[int], columns: tuple[str, ...], left: int) -> list[str]:
    names = [(columns[at - left], count) for at, count in sorted(formulas.items()) if 0 <= at - left < len(columns)]
    return [
        f"{count:,} cells of {name!r} hold formulas whose values were never saved, so they are empty here: open the file in a "
        "spreadsheet program and save it, or paste the column as values."
        for name, count in names
    ]  # fmt: skip


def _without_empty_edges(rows: list[NumberedRow]) -> tuple[list[NumberedRow], int]:
    """The rows at one width, without the empty columns to the left and right of the table, and how many were left of it."""
    widest = max(len(row) for _, row in rows)
    filled = [column for column in range(widest) if any(row[column : column + 1] != [""] for _, row in rows)]
    trimmed = [(number, row[filled[0] : filled[-1] + 1] if filled else row) for number, row in rows]
    width = max(len(row) for _, row in trimmed)
    return [(number, [*row, *[""] * (width - len(row))]) for number, row in trimmed], filled[0] if filled else 0


def _others(sheets: tuple[str, ...], chosen: str) -> str:
    others = [sheet for sheet in sheets if sheet != chosen]
    return ", ".join(others[:5]) + (" …" if len(others) > 5 else "")


def _title_rows(rows: list[list[str]]) -> int:
    """How many leading rows have one filled cell over a table of several columns: titles, not data."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if len(rows) < 4 or sorted(filled)[len(filled) // 2] < 2:
        return 0
    return next((number for number, count in enumerate(filled) if count > 1), 0)


def _batches(rows: list[list[str]], columns: tuple[str, ...]) -> Iterator[Batch]:
    for start in range(0, len(rows), ROWS):
        table = string_table(rows[start : start + ROWS], columns)
        yield Batch(table, [], min(1.0, (start + ROWS) / len(rows)), Counter())


def cell_as_text(value: Any) -> str:
    """A cell of a workbook as text: whole numbers without a fraction, true and false in small letters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""


WORKBOOK = Reader("workbook", "Excel", ENDINGS, is_workbook, open_workbook, apart=True)
