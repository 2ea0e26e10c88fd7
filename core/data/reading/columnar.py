"""Binary tables: Parquet, Arrow and Feather by their batches, Excel workbooks by sheet."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.data.reading.dialect import column_names, unique
from core.data.reading.header import has_header
from core.data.reading.records import Aside
from core.data.reading.table_reader import Batch, TableReader, table_of
from core.errors import DatasetError

ROWS = 16_384  # rows in a batch
PEEKED = 6_000


def open_parquet(path: Path, name: str) -> TableReader:
    """A Parquet file.

    Raises:
        DatasetError: when it is cut off, damaged or encrypted.
    """
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, path.stat().st_size - 4))
        tail = file.read()
    if head == b"PARE" or tail == b"PARE":
        raise DatasetError(f"{name} is an encrypted Parquet file.", "Write it again without encryption.")
    try:
        file = pq.ParquetFile(path)
        names, rows, groups = file.schema_arrow.names, file.metadata.num_rows, file.num_row_groups
    except (pa.ArrowException, OSError, ValueError) as error:
        cut = "is cut off: its end is missing" if tail != b"PAR1" else "is a damaged Parquet file"
        raise DatasetError(f"{name} {cut} (Parquet).", "Download or export it again.") from error
    columns = tuple(unique(names))

    def read() -> Iterator[pa.Table]:
        for batch in pq.ParquetFile(path).iter_batches(ROWS):
            yield pa.Table.from_batches([batch])

    def peek() -> pa.Table:
        step = max(1, groups // 8)
        found = [pq.ParquetFile(path).read_row_group(each).rename_columns(columns) for each in range(0, groups, step)]
        return pa.concat_tables([_thin(each, PEEKED // len(found)) for each in found])

    large = groups > 8 and rows > PEEKED
    return TableReader(
        name, "parquet", columns, path.stat().st_size, partial(_renamed, read, columns, rows, name, "Parquet"),
        peek=peek if large else None,
    )  # fmt: skip


def _thin(table: pa.Table, rows: int) -> pa.Table:
    return table.take(list(range(0, table.num_rows, max(1, table.num_rows // max(1, rows)))))


def open_arrow(path: Path, name: str) -> TableReader:
    """An Arrow IPC file or stream, or a Feather file of either version.

    Raises:
        DatasetError: when it is cut off or damaged.
    """
    import pyarrow.feather as feather

    with path.open("rb") as file:
        head = file.read(6)

    def read() -> Iterator[pa.Table]:
        if head.startswith(b"FEA1"):
            yield feather.read_table(path)
        elif head == b"ARROW1":
            with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as reader:
                for number in range(reader.num_record_batches):
                    yield pa.Table.from_batches([reader.get_batch(number)])
        else:
            with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch])

    try:
        if head.startswith(b"FEA1"):
            names: Sequence[str] = feather.read_table(path).column_names
        else:
            with pa.OSFile(str(path)) as source:
                opened = pa.ipc.open_file(source) if head == b"ARROW1" else pa.ipc.open_stream(source)
                names = opened.schema.names
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DatasetError(f"{name} is a damaged or cut off Arrow file.", "Export it again.") from error
    columns = tuple(unique(names))
    return TableReader(name, "arrow", columns, path.stat().st_size, partial(_renamed, read, columns, 0, name, "Arrow"))


def _renamed(read: Any, columns: tuple[str, ...], rows: int, name: str, kind: str) -> Iterator[Batch]:
    """The tables of ``read`` in batches, with unique names."""
    done = 0
    try:
        for table in read():
            for start in range(0, max(1, table.num_rows), ROWS):
                part = table.slice(start, ROWS).rename_columns(list(columns))
                done += part.num_rows
                yield Batch(part, [], done / max(rows, done, 1), Counter())
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DatasetError(f"{name} is a damaged {kind} file: {error}.", "Download or export it again.") from error


def open_workbook(path: Path, name: str, sheet: str | None = None, header: bool | None = None) -> TableReader:
    """One sheet of an Excel or OpenDocument workbook: the one asked for, else the first that holds a table.

    Raises:
        DatasetError: when there is no such sheet, or the workbook is encrypted or damaged.
    """
    from python_calamine import CalamineWorkbook

    with path.open("rb") as file:
        head = file.read(1 << 16)
    if "EncryptedPackage".encode("utf-16-le") in head or (
        head[:4] == b"\xd0\xcf\x11\xe0" and _holds(path, "EncryptedPackage")
    ):
        raise DatasetError(
            f"{name} is a workbook with a password (encrypted).", "Remove its password in Excel and save it."
        )
    for stream, what in (("WordDocument", "a Word document"), ("PowerPoint Document", "a presentation")):
        if head[:4] == b"\xd0\xcf\x11\xe0" and _holds(path, stream):
            raise DatasetError(f"{name} is {what}, not an Excel workbook.", "Copy its texts into a table first.")
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = tuple(book.sheet_names)
        found = {each: _rows(book, each) for each in ((sheet,) if sheet in sheets else sheets)}
    except BaseException as error:  # calamine raises many kinds for damaged workbooks, panics among them
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise DatasetError(
            f"{name} cannot be read as an Excel workbook: {error}.", "Remove its password or save it again as .xlsx."
        ) from error
    if sheet is not None and sheet not in sheets:
        raise DatasetError(f"{name} has no sheet {sheet!r}.", f"Its sheets: {', '.join(sheets)}.")
    chosen = sheet or _fullest(found)
    return _sheet(found.get(chosen, []), name, path, sheets, chosen, sheet is not None, header)


def _holds(path: Path, stream: str) -> bool:
    return stream.encode("utf-16-le") in path.read_bytes()


def _rows(book: Any, sheet: str) -> list[tuple[int, list[str]]]:
    """(number, cells) of the rows that are not blank."""
    cells = ((number, [cell(value) for value in row]) for number, row in enumerate(_raw(book, sheet), 1))
    return [(number, row) for number, row in cells if any(each.strip() for each in row)]


def _raw(book: Any, sheet: str) -> list[list[Any]]:
    try:
        return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except ValueError:  # a sheet that holds a chart
        return []


def _fullest(found: dict[str, list[tuple[int, list[str]]]]) -> str:
    """The first sheet that holds at least a tenth of the rows of the longest, so that a cover sheet is passed over."""
    longest = max((len(rows) for rows in found.values()), default=0)
    return next((each for each, rows in found.items() if rows and len(rows) >= longest / 10), next(iter(found), ""))


def _sheet(
    rows: list[tuple[int, list[str]]], name: str, path: Path, sheets: tuple[str, ...], chosen: str, asked: bool,
    header: bool | None,
) -> TableReader:  # fmt: skip
    if not rows:
        raise DatasetError(f"The sheet {chosen!r} of {name} is empty.", f"Its sheets: {', '.join(sheets)}.")
    filled = [
        place
        for place in range(max(len(row) for _, row in rows))
        if any(row[place : place + 1] != [""] for _, row in rows)
    ]
    first = filled[0] if filled else 0
    table = [(number, row[first : filled[-1] + 1] if filled else row) for number, row in rows]
    width = max(len(row) for _, row in table)
    table = [(number, [*row, *[""] * (width - len(row))]) for number, row in table]
    above = _titles([row for _, row in table[:50]])
    aside = tuple(Aside(number, "above the table", " ".join(filter(None, row))) for number, row in table[:above])
    cells = [row for _, row in table[above:]]
    found, why = has_header(cells[:1000])
    named = found if header is None else header
    columns = tuple(column_names(cells[0] if named else None, width))
    body = cells[1:] if named else cells
    warnings: tuple[str, ...] = ()
    if len(sheets) > 1 and not asked:
        warnings = (f"The workbook has {len(sheets)} sheets; {chosen!r} was read. Others: {_others(sheets, chosen)}.",)
    return TableReader(
        name, path.suffix.lstrip(".").lower() or name.rsplit(".", 1)[-1].lower(), columns, path.stat().st_size,
        partial(_sheet_batches, body, columns), header=named, sheets=sheets, sheet=chosen, aside=aside, warnings=warnings,
        reasons={"header": why if header is None else "as you said"},
    )  # fmt: skip


def _others(sheets: tuple[str, ...], chosen: str) -> str:
    others = [each for each in sheets if each != chosen]
    return ", ".join(others[:5]) + (" …" if len(others) > 5 else "")


def _titles(rows: list[list[str]]) -> int:
    """Leading rows with one filled cell over a table of several columns: a title, not data."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if len(rows) < 4 or sorted(filled)[len(filled) // 2] < 2:
        return 0
    return next((place for place, count in enumerate(filled) if count > 1), 0)


def _sheet_batches(body: list[list[str]], columns: tuple[str, ...]) -> Iterator[Batch]:
    for start in range(0, len(body), ROWS):
        yield Batch(table_of(body[start : start + ROWS], columns), [], min(1.0, (start + ROWS) / len(body)), Counter())


def cell(value: Any) -> str:
    """A cell of a workbook as text: whole numbers without a fraction, true and false in small letters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""
