"""Reading: any table of texts that people have, with every row that is set aside named."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.data.sniff import (
    Dialect,
    guess_dialect,
    guess_encoding,
    guess_format,
    parse,
    quotes_close,
    refuse_what_is_not_data,
)
from core.errors import DatasetError

RAGGED_LIMIT = 0.05  # share of rows of another width above which the table is called broken
GOOD = "Upload CSV, TSV, JSONL, Parquet or XLSX."


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read: ``frame`` with unique string column names, and how it was written.

    Attributes:
        skipped: (line number, reason) of each row that was set aside.
    """

    frame: pd.DataFrame
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    skipped: tuple[tuple[int, str], ...] = ()
    warnings: tuple[str, ...] = ()


def read_table(
    path: Path,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: bool | None = None,
    name: str | None = None,
) -> Table:
    """Read any supported file; what is not given is found out from the content.

    Args:
        name: what the user calls the file, where ``path`` is a copy.

    Raises:
        DatasetError: when the file cannot be used, saying what it is and what to do.
    """
    name = name or path.name
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError as error:
        raise DatasetError(f"There is no file {str(path)!r}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise DatasetError(f"{name} is a folder.", "Name one file inside it.") from error
    except OSError as error:
        raise DatasetError(f"{name} cannot be opened: {error.strerror}.", "Check its permissions.") from error
    refuse_what_is_not_data(head, name)
    kind = guess_format(head, name)
    if kind == "zip":
        raise DatasetError(f"{name} is a zip archive.", "Unpack it and upload the table inside.")
    if kind == "parquet":
        table = _read_parquet(path, name)
    elif kind == "excel":
        table = _read_excel(path, name, sheet, header)
    else:
        table = _read_text(path.read_bytes(), kind, name, delimiter, encoding, header)
    if not len(table.frame):
        raise DatasetError(f"{name} holds no rows.", "Upload a file with at least a few rows of texts.")
    return table


def _read_parquet(path: Path, name: str) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        frame = pq.read_table(path).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{name} is a damaged or encrypted Parquet file.", "Export it again.") from error
    frame.columns = _unique([str(column) for column in frame.columns])
    return Table(frame.reset_index(drop=True), "parquet")


def _read_excel(path: Path, name: str, sheet: str | None, header: bool | None) -> Table:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = tuple(book.sheet_names)
        if sheet is not None and sheet not in sheets:
            raise DatasetError(f"{name} has no sheet {sheet!r}.", f"Its sheets: {', '.join(sheets)}.")
        chosen = sheet or next((each for each in sheets if book.get_sheet_by_name(each).height > 1), sheets[0])
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=True)
    except DatasetError:
        raise
    except Exception as error:  # calamine raises many kinds for damaged and encrypted workbooks
        raise DatasetError(
            f"{name} cannot be read as an Excel workbook: {error}.", "Remove its password or save it again as .xlsx."
        ) from error
    cells = [[_cell(value) for value in row] for row in rows if any(_cell(value) for value in row)]
    if not cells:
        raise DatasetError(f"The sheet {chosen!r} of {name} is empty.", f"Its sheets: {', '.join(sheets)}.")
    from core.data.sniff import _has_header

    named = _has_header(cells[:500]) if header is None else header
    frame = _frame(cells, named)
    return Table(frame, path.suffix.lstrip(".").lower() or "xlsx", header=named, sheets=sheets, sheet=chosen)


def _read_text(
    content: bytes, kind: str, name: str, delimiter: str | None, encoding: str | None, header: bool | None
) -> Table:
    used = encoding or guess_encoding(content, name)
    try:
        text = content.decode(used)
    except LookupError as error:
        raise DatasetError(f"{used!r} is not an encoding.", "Try utf-8, cp1252 or gb18030.") from error
    except UnicodeDecodeError as error:
        if not encoding and used != "cp1252" and len(content) - error.start > 4:
            raise DatasetError(f"{name} is not valid {used} at byte {error.start:,}.", "Name its encoding.") from error
        if encoding:
            raise DatasetError(
                f"{name} is not valid {used}: byte {error.start:,} does not fit.", "Choose another encoding."
            ) from error
        text = content.decode(used, errors="replace")
    text = text.lstrip("\ufeff").replace("\x00", "")
    unread = sum(not (each.isprintable() or each.isspace()) for each in text[:4000])
    if unread > 0.1 * min(len(text), 4000):
        raise DatasetError(f"{name} holds binary data, not text.", GOOD)
    if kind == "jsonl":
        return _read_jsonl(text, used, name)
    if kind == "json":
        return _read_json(text, used, name)
    return _read_delimited(text, used, name, delimiter, header)


def _read_jsonl(text: str, encoding: str, name: str) -> Table:
    rows, skipped = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            skipped.append((number, "not valid JSON"))
            continue
        if isinstance(value, dict):
            rows.append(value)
        else:
            skipped.append((number, "not a JSON object"))
    if not rows:
        try:  # one object over several lines, or an array with the wrong name
            return _read_json(text, encoding, name)
        except DatasetError as error:
            raise DatasetError(f"{name} has no line that is a JSON object.", GOOD) from error
    return _of_objects(rows, "jsonl", encoding, tuple(skipped), name)


def _read_json(text: str, encoding: str, name: str) -> Table:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise DatasetError(f"{name} is not valid JSON: line {error.lineno}, {error.msg}.", GOOD) from error
    if isinstance(value, dict):
        value = next((each for each in value.values() if isinstance(each, list)), [value])
    rows = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    if not rows:
        raise DatasetError(f"{name} holds no list of JSON objects.", "Each row must be an object with named fields.")
    skipped = tuple((number, "not a JSON object") for number, each in enumerate(value, 1) if not isinstance(each, dict))
    return _of_objects(rows, "json", encoding, skipped, name)


def _of_objects(
    rows: list[dict[str, Any]], kind: str, encoding: str, skipped: tuple[tuple[int, str], ...], name: str
) -> Table:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    frame = pd.DataFrame({column: pd.Series([row.get(column) for row in rows], dtype=object) for column in columns})
    frame.columns = _unique([str(column) for column in frame.columns])
    return Table(frame, kind, encoding, skipped=skipped, warnings=_set_aside(skipped, len(rows)))


def _read_delimited(text: str, encoding: str, name: str, delimiter: str | None, header: bool | None) -> Table:
    dialect = guess_dialect(text, delimiter, header)
    rows = parse(text, dialect)
    warnings: list[str] = []
    if (
        dialect.quoted
        and dialect.delimiter
        and (not quotes_close(text, dialect.delimiter) or _swallowed(rows, dialect.delimiter))
    ):
        plain = Dialect(dialect.delimiter, False, dialect.header)
        unquoted = parse(text, plain)
        if len(unquoted) > len(rows) and _ragged(unquoted) < min(0.001, _ragged(rows) + 1e-9):
            # with quotes fewer rows come out, and without them the table is perfectly regular: the quotes are text
            warnings.append(
                f"Quote marks were taken as plain text: reading them as quotes would swallow {len(unquoted) - len(rows)} rows."
            )
            dialect, rows = plain, unquoted
    if not rows:
        raise DatasetError(f"{name} holds no rows.", GOOD)
    width = Counter(len(row) for _, row in rows).most_common(1)[0][0]
    fits, skipped = [], []
    for line, row in rows:
        row = _trimmed(row, width)
        if len(row) == width:
            fits.append(row)
        else:
            skipped.append((line, f"{len(row)} fields instead of {width}"))
    broken = len(skipped) / len(rows)
    if broken > RAGGED_LIMIT or _doubly_quoted(fits):
        where = skipped[0][0] if skipped else 2
        raise DatasetError(
            f"{name} is not a sound table: {max(len(skipped), _doubly_quoted(fits)):,} of {len(rows):,} rows do not have "
            f"the {width} fields of the others, first near line {where:,}.",
            "It was probably exported twice by a spreadsheet. Export it again as CSV or XLSX, or name the separator.",
        )
    frame = _frame(fits, dialect.header)
    warnings += _set_aside(tuple(skipped), len(fits))
    kind = "tsv" if dialect.delimiter == "\t" else "csv"
    return Table(
        frame, kind, encoding, dialect.delimiter, dialect.header, skipped=tuple(skipped), warnings=tuple(warnings)
    )


def _swallowed(rows: list[tuple[int, list[str]]], delimiter: str) -> bool:
    """Whether some field holds several whole rows: a quote was opened in one row and closed by one far below."""
    width = Counter(len(row) for _, row in rows).most_common(1)[0][0]
    for _, row in rows:
        for cell in row:
            inner = cell.split("\n")[1:-1]
            if len(inner) >= 3 and all(line.count(delimiter) == width - 1 for line in inner):
                return True
    return False


def _ragged(rows: list[tuple[int, list[str]]]) -> float:
    widths = Counter(len(row) for _, row in rows)
    return 1 - widths.most_common(1)[0][1] / len(rows)


def _trimmed(row: list[str], width: int) -> list[str]:
    """The row without surplus empty fields at its end."""
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    return row


def _doubly_quoted(rows: list[list[str]]) -> int:
    """Rows whose first field holds a whole row, as a spreadsheet writes when it quotes what was quoted already."""
    if not rows or len(rows[0]) < 3:
        return 0
    packed = sum(row[0].count(",") >= len(row) - 2 and not any(cell.strip(" ;") for cell in row[1:]) for row in rows)
    padded = sum(row[-1].rstrip().endswith(";;;") for row in rows)
    found = max(packed, padded)
    return found if found > RAGGED_LIMIT * len(rows) else 0


def _frame(rows: list[list[str]], header: bool) -> pd.DataFrame:
    width = max(len(row) for row in rows)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    if header:
        names = [cell.strip() or f"Unnamed: {index}" for index, cell in enumerate(rows[0])]
        rows = rows[1:]
    else:
        names = ["text"] if width == 1 else [str(index) for index in range(width)]
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    cells = {index: pd.Series(column, dtype=object) for index, column in enumerate(columns)}
    frame = pd.DataFrame(cells)
    frame.columns = _unique(names)
    return frame


def _unique(names: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        unique.append(f"{name}.{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return unique


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value is not None else ""


def _set_aside(skipped: tuple[tuple[int, str], ...], kept: int) -> tuple[str, ...]:
    if not skipped:
        return ()
    lines = ", ".join(str(line) for line, _ in skipped[:5]) + (" and others" if len(skipped) > 5 else "")
    return (f"{len(skipped):,} of {kept + len(skipped):,} rows were set aside: {skipped[0][1]} (line {lines}).",)
