"""What opening a file gives: its columns and how it is written, and its rows batch by batch."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import pandas as pd
import pyarrow as pa

from core.data.reading.ask import Ask
from core.data.reading.skipped import SkippedRow

Rows: TypeAlias = pa.Table | pd.DataFrame
MENDED = {
    "strays": "{:,} rows have quote marks out of place; they were read as plain text.",
    "misfits": "{:,} places do not fit the encoding; they were read as Western characters or shown as \ufffd.",
    "padded": "{:,} rows have fewer fields than the others; the missing ones were taken as empty.",
}


class Batch(NamedTuple):
    """Some rows in the order of the file.

    Attributes:
        rows: an Arrow table, or a frame of Python objects where cells may be nested.
        skipped: rows of the file that were not read, with the reason.
        done: share of the file that is read, 0 to 1.
        mended: what had to be mended (a key of ``MENDED``) -> how often.
    """

    rows: Rows
    skipped: list[SkippedRow]
    done: float
    mended: Counter[str]


@dataclass(frozen=True, slots=True)
class TableReader:
    """A file that is opened: what it is and how it is written, but its rows not yet read.

    Attributes:
        format: such as csv, jsonl, parquet, xlsx, folders.
        columns: their unique names.
        size: bytes, by which it is decided whether the file fits into memory at once.
        batches: begins to read, each time from the start.
        sheets: what can be chosen from inside (sheets of a workbook, tables of an archive, configurations of a Hub set).
        peek: a few thousand rows from all over a large file; None where reading the file from the start is the way.
        skipped: rows that are known to be no data before the first batch is read, such as a title above the names.
        reasons: what was guessed -> why.
        asks: what the file leaves open, with both readings.
        owns: what must live as long as the reader, such as a temporary folder.
    """

    name: str
    format: str
    columns: tuple[str, ...]
    size: int
    batches: Callable[[], Iterator[Batch]]
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    peek: Callable[[], Rows] | None = None
    skipped: tuple[SkippedRow, ...] = ()
    warnings: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    owns: Any = None


def string_table(rows: list[list[str]], names: tuple[str, ...]) -> pa.Table:
    """Rows of strings, each as wide as there are names, as an Arrow table."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


def as_frame(rows: Rows) -> pd.DataFrame:
    """A batch as a frame; strings become Python objects, other kinds what pandas makes of them."""
    if isinstance(rows, pd.DataFrame):
        return rows
    types = {column.name: column.type for column in rows.schema}
    cells: dict[str, Any] = {}
    for name in rows.column_names:
        column = rows.column(name)
        if pa.types.is_string(types[name]) or pa.types.is_large_string(types[name]):
            cells[name] = pd.Series(column.to_pylist(), dtype=object)
        else:
            cells[name] = column.to_pandas()
    return pd.DataFrame(cells, columns=rows.column_names)


def mended_sentences(mended: Counter[str]) -> list[str]:
    """What had to be mended, as sentences."""
    return [MENDED[what].format(count) for what, count in mended.items() if count and what in MENDED]
