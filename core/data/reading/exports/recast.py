"""Tables of other kinds of files whose cells hold records, such as lists of words in a Parquet file."""

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa

from core.data.reading.exports.registry import LOOKED_AT, find_shape, may_have_shape
from core.data.reading.exports.shape import Convert, Record
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch, Rows, TableReader


def recast(opened: TableReader) -> TableReader:
    """The same file with its records as rows; itself where its rows are columns already.

    Raises:
        DatasetError: for records that hold no label of a whole text.
    """
    if opened.format in ("json", "jsonl") or not may_have_shape(set(opened.columns)):
        return opened
    sample: list[Record] = []
    for batch in opened.batches():
        sample = _records(batch.rows[:LOOKED_AT])
        break
    shape = find_shape(sample) if sample and _holds_lists(sample) else None
    if shape is None:
        return opened
    title, convert = shape
    rows = [row for record in sample if not isinstance(row := convert(record), str)]
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return replace(
        opened, columns=columns, batches=_recast_batches(opened, convert, columns), peek=None,
        reasons=opened.reasons | {"fields": f"as {title} writes them"},
    )  # fmt: skip


def _recast_batches(opened: TableReader, convert: Convert, columns: tuple[str, ...]) -> Callable[[], Iterator[Batch]]:
    def batches() -> Iterator[Batch]:
        number = 0
        for batch in opened.batches():
            rows, skipped = [], list(batch.skipped)
            for record in _records(batch.rows):
                number += 1
                row = convert(record)
                if isinstance(row, str):
                    skipped.append(SkippedRow(number, row, json.dumps(record, ensure_ascii=False, default=str)))
                else:
                    rows.append([row.get(name) for name in columns])
            frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
            yield Batch(frame, skipped, batch.done, Counter(batch.mended))

    return batches


def _records(rows: Rows) -> list[Record]:
    """The rows as mappings, with lists and mappings that were written as text."""
    listed = rows.to_pylist() if isinstance(rows, pa.Table) else rows.to_dict("records")
    return [{str(name): _value(cell) for name, cell in record.items()} for record in listed]


def _value(cell: Any) -> Any:
    if hasattr(cell, "tolist"):
        return cell.tolist()
    if not isinstance(cell, str) or cell[:1] + cell[-1:] not in ("[]", "{}"):
        return cell
    for read in (json.loads, ast.literal_eval):
        try:
            return read(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
    return cell


def _holds_lists(records: list[Record]) -> bool:
    return any(isinstance(cell, list | dict) for record in records for cell in record.values())
