"""Rows of a stored set for looking at: read batch by batch, so that a set of any size fits into memory."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.sets.rows import readable
from core.data.sets.store import DataSet

SEED = 42  # the same rows at every look
BATCH = 20_000


def draw_rows(dataset: DataSet, most: int, seed: int = SEED) -> pd.DataFrame:
    """At most ``most`` rows, each equally likely, in the order of the file; the same ones for the same seed."""
    if dataset.rows <= most:
        return _frame(list(_batches(dataset)))
    wanted = np.sort(np.random.default_rng(seed).choice(dataset.rows, most, replace=False))
    return _taken(dataset, wanted)


def rows_named(dataset: DataSet, rows: Sequence[int]) -> pd.DataFrame:
    """The rows with these row ids, in the order of the file."""
    asked = pa.array(np.asarray(rows, dtype=np.int64))
    return _frame([batch.filter(pc.is_in(batch["row"], value_set=asked)) for batch in _batches(dataset)])


def rows_with_words(dataset: DataSet, words: Sequence[str], most: int) -> tuple[pd.DataFrame, int]:
    """The first ``most`` rows whose text (or second text) holds all ``words``, and how many rows do.

    Upper and lower case count as the same; a word may be part of a longer one.
    """
    batches, total = [], 0
    for batch in _batches(dataset):
        hits = _holds_all(batch, words)
        count = int(pc.sum(hits).as_py() or 0)
        if count and total < most:
            batches.append(batch.filter(hits).slice(0, most - total))
        total += count
    return (_frame(batches) if batches else draw_rows(dataset, 1).head(0)), total


def _holds_all(batch: pa.RecordBatch, words: Sequence[str]) -> pa.Array:
    hits = pa.array(np.ones(batch.num_rows, dtype=bool))
    for word in words:
        held = pc.match_substring(batch["text"], word, ignore_case=True)
        if "text_pair" in batch.schema.names:
            held = pc.or_(held, pc.match_substring(batch["text_pair"], word, ignore_case=True))
        hits = pc.and_(hits, held)
    return hits


def _taken(dataset: DataSet, positions: np.ndarray) -> pd.DataFrame:
    """Rows by their position in the set; ``positions`` are sorted."""
    batches, start = [], 0
    for batch in _batches(dataset):
        low, high = np.searchsorted(positions, [start, start + batch.num_rows])
        if low < high:
            batches.append(batch.take(pa.array(positions[low:high] - start)))
        start += batch.num_rows
    return _frame(batches)


def _batches(dataset: DataSet) -> Iterator[pa.RecordBatch]:
    """All rows; the parts of a large set may stand in a file of their own.

    Raises:
        DatasetError: when the rows cannot be read.
    """
    with readable(dataset.name, dataset.folder):
        yield from _batches_of(dataset)


def _batches_of(dataset: DataSet) -> Iterator[pa.RecordBatch]:
    beside = dataset.folder / "split.parquet"
    parts = pq.read_table(beside, columns=["split"])["split"].combine_chunks() if beside.exists() else None
    start = 0
    with pq.ParquetFile(dataset.folder / "data.parquet") as file:
        for batch in file.iter_batches(BATCH):
            if parts is not None and "split" not in batch.schema.names:
                batch = batch.append_column("split", parts.slice(start, batch.num_rows))
            start += batch.num_rows
            yield batch


def _frame(batches: list[pa.RecordBatch]) -> pd.DataFrame:
    return pa.Table.from_batches(batches).to_pandas().reset_index(drop=True)
