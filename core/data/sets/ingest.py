"""Ingest: rows of a file, batch by batch, into the Parquet file of a set. Memory holds the labels of all rows, not their texts."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.data.columns.roles import Roles
from core.data.reading.cells import cell_text
from core.data.reading.table_reader import Batch
from core.data.sets.fingerprint import Fingerprint
from core.data.sets.read_ahead import read_ahead
from core.data.sets.storable import StorableRows, storable_rows, storable_text
from core.data.sets.tally import REASONS, Tally

SKIPPED = pa.schema([("line", pa.int64()), ("row", pa.int64()), ("reason", pa.string()), ("content", pa.string())])
ROW_GROUP = 16_384  # rows; a page of a table reads one or two of them


@dataclass(frozen=True, slots=True)
class Ingested:
    """What went through: the tally of its rows, the columns in their order, and their fingerprint so far (no split yet)."""

    tally: Tally
    columns: list[str] = field(default_factory=list)
    fingerprint: Fingerprint = field(default_factory=Fingerprint)


def ingest(
    batches: Iterable[Batch], roles: Roles, folder: Path, progress: Callable[[float], None] | None = None,
    compression: str = "zstd",
) -> Ingested:  # fmt: skip
    """Write ``data.parquet`` (all columns but the split) and ``skipped.parquet`` into a folder.

    Args:
        roles: with the task filled in.
        progress: is told the share of the file that is done.
        compression: of the Parquet file; none is much the fastest.
    """
    ingested = Ingested(Tally())
    tally = ingested.tally
    with _Files(folder, compression) as files:
        for batch in read_ahead(batches):
            rows = storable_rows(batch.rows, roles, tally.read)
            files.write_skipped(batch, rows, tally.read)
            tally.add(batch, rows)
            ingested.columns[:] = rows.table.column_names
            for name in ingested.columns:
                ingested.fingerprint.update(name, rows.table.column(name))
            files.write_rows(rows.table)
            if progress:
                progress(min(1.0, batch.done))
    return ingested


class _Files:
    """The two Parquet files of a set while they are written."""

    def __init__(self, folder: Path, compression: str) -> None:
        self._folder, self._compression = folder, compression
        self._rows: pq.ParquetWriter | None = None  # opened with the first batch, which says what the columns are
        self._skipped = pq.ParquetWriter(folder / "skipped.parquet", SKIPPED, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in (self._rows, self._skipped):
            if writer is not None:
                writer.close()

    def write_rows(self, table: pa.Table) -> None:
        if self._rows is None:
            repeating = [name for name in table.column_names if name == "label" or name.startswith("extra.")]
            self._rows = pq.ParquetWriter(
                self._folder / "data.parquet", table.schema, compression=self._compression,
                use_dictionary=repeating, write_statistics=["row"],
            )  # fmt: skip
        if table.num_rows:
            self._rows.write_table(table, row_group_size=ROW_GROUP)

    def write_skipped(self, batch: Batch, rows: StorableRows, first: int) -> None:
        """The rows of a batch that are not kept, with the reason and what stands in them.

        Args:
            first: number of the batch's first row in the file.
        """
        entries: list[tuple[int | None, int | None, str, str]] = [
            (unread.line or None, None, unread.reason, storable_text(unread.content)) for unread in batch.skipped
        ]
        for reason, mask in zip(REASONS, (rows.without_text, rows.without_label), strict=True):
            positions = np.flatnonzero(mask)
            for position, content in zip(positions, _contents(batch, positions), strict=True):
                entries.append((None, first + int(position), reason, content))
        if entries:
            columns = zip(*entries, strict=True)
            arrays = [pa.array(column, kind.type) for column, kind in zip(columns, SKIPPED, strict=True)]
            self._skipped.write_table(pa.Table.from_arrays(arrays, schema=SKIPPED))


def _contents(batch: Batch, positions: np.ndarray) -> list[str]:
    """Some rows of a batch, each as JSON."""
    if not len(positions):
        return []
    rows = batch.rows
    part = rows.iloc[positions] if isinstance(rows, pd.DataFrame) else rows.take(pa.array(positions)).to_pandas()
    return [
        storable_text(json.dumps({name: cell_text(cell) for name, cell in row.items()}, ensure_ascii=False))
        for row in part.to_dict("records")
    ]
