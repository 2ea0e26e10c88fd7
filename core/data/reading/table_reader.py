"""What every reader gives: a file opened but not yet read, and its rows batch by batch."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import pandas as pd
import pyarrow as pa

from core.data.reading.records import Aside

Rows: TypeAlias = pa.Table | pd.DataFrame


class Batch(NamedTuple):
    """Some rows in the order of the file.

    Attributes:
        rows: an Arrow table, or a frame of Python objects where cells may be nested.
        aside: rows of the file that were not read, with the reason.
        done: share of the file that is read, 0 to 1.
        notes: what had to be mended -> how often.
    """

    rows: Rows
    aside: list[Aside]
    done: float
    notes: Counter[str]


@dataclass(frozen=True, slots=True)
class TableReader:
    """A file whose format is known.

    Attributes:
        columns: their unique names.
        sheets: what can be chosen from inside (sheets of a workbook, tables of an archive, configurations of a Hub set).
        size: bytes, by which it is decided whether the file fits into memory at once.
        batches: begins to read, each time from the start.
        peek: a few thousand rows from all over a large file; None where reading the file from the start is the way.
        reasons: what was guessed -> why.
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
    aside: tuple[Aside, ...] = ()
    warnings: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    keep: Any = None  # what must live as long as the source, such as a temporary folder


def table_of(rows: list[list[str]], names: tuple[str, ...]) -> pa.Table:
    """Rows of strings as an Arrow table."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


def as_frame(rows: Rows) -> pd.DataFrame:
    """A batch as a frame; strings become Python objects, other kinds what pandas makes of them."""
    if isinstance(rows, pd.DataFrame):
        return rows
    kinds = {field.name: field.type for field in rows.schema}
    cells: dict[str, Any] = {}
    for name in rows.column_names:
        column = rows.column(name)
        if pa.types.is_string(kinds[name]) or pa.types.is_large_string(kinds[name]):
            cells[name] = pd.Series(column.to_pylist(), dtype=object)
        else:
            cells[name] = column.to_pandas()
    return pd.DataFrame(cells, columns=rows.column_names)


def said_of(notes: Counter[str]) -> list[str]:
    """What had to be mended, as sentences."""
    sentences = {
        "strays": "{:,} rows have quote marks out of place; they were read as plain text.",
        "misfits": "{:,} places do not fit the encoding; they were read as Western characters or shown as \ufffd.",
        "padded": "{:,} rows have fewer fields than the others; the missing ones were taken as empty.",
    }
    return [sentences[note].format(count) for note, count in notes.items() if count and note in sentences]
