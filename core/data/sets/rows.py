"""The rows of a stored set on disk.

``data.parquet`` holds them in row groups, ``split.parquet`` the parts, ``skipped.parquet`` what was not kept.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import DatasetError, GraftError

GROUPS = 24  # row groups that a sample of a large set is drawn from


@contextmanager
def readable(name: str, folder: Path) -> Iterator[None]:
    """Say what is wrong where rows cannot be read inside the block.

    Raises:
        DatasetError: when a file of the set is missing or damaged, naming it.
    """
    try:
        yield
    except (GraftError, MemoryError):
        raise
    except Exception as error:  # whatever pyarrow makes of damaged bytes
        damaged = [
            file for file in ("data.parquet", "split.parquet", "skipped.parquet") if not _is_whole(folder / file)
        ]
        if not damaged:
            raise
        raise DatasetError(
            f"The rows of the data set {name!r} cannot be read: {' and '.join(damaged)} is cut off or damaged.",
            f"Add its file again, or bring {folder} back from a copy; runs made with it keep their results.",
        ) from error


def _is_whole(file: Path) -> bool:
    """Whether all of a file can be read; one that a set need not have is whole where it is missing."""
    try:
        if not file.exists():
            needed = file.name == "data.parquet" or (
                file.name == "split.parquet" and "split" not in pq.read_schema(file.with_name("data.parquet")).names
            )
            return not needed
        parquet = pq.ParquetFile(file)
        for group in range(parquet.num_row_groups):
            parquet.read_row_group(group)
    except Exception:
        return False
    return True


def whole(folder: Path) -> pd.DataFrame:
    """All rows, with the split behind the label."""
    return with_split(pd.read_parquet(folder / "data.parquet"), _parts(folder))


def page(folder: Path, start: int, count: int) -> pd.DataFrame:
    """Rows ``start`` to ``start + count``; only the row groups that hold them are read."""
    file = pq.ParquetFile(folder / "data.parquet")
    first, wanted, skipped = 0, [], 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if first + size > start and first < start + count:
            wanted.append(group)
        elif not wanted:
            skipped += size
        first += size
    if not wanted:
        return with_split(file.schema_arrow.empty_table().to_pandas(), _parts(folder, 0, 0))
    frame = file.read_row_groups(wanted).slice(start - skipped, count).to_pandas()
    return with_split(frame, _parts(folder, start, count))


def sample(folder: Path, count: int, columns: Sequence[str]) -> pd.DataFrame:
    """About ``count`` rows in their order, evenly from row groups all over the file; all rows where there are no more."""
    file = pq.ParquetFile(folder / "data.parquet")
    total, groups = file.metadata.num_rows, file.num_row_groups
    names = [name for name in columns if name in file.schema_arrow.names]
    chosen = (
        np.unique(np.linspace(0, groups - 1, min(groups, GROUPS)).round().astype(int))
        if count < total
        else range(groups)
    )
    starts = np.cumsum([0, *(file.metadata.row_group(group).num_rows for group in range(groups))])
    held = sum(int(starts[group + 1] - starts[group]) for group in chosen)
    parts, frames = _parts(folder), []
    step = max(1.0, held / max(1, count))
    for group in chosen:
        table = file.read_row_group(int(group), columns=names)
        positions = np.unique(np.arange(0, table.num_rows, step).astype(int))
        positions = positions[positions < table.num_rows]
        split = None if parts is None else parts.iloc[int(starts[group]) + positions]
        frames.append(with_split(table.take(pa.array(positions)).to_pandas(), split))
    frame = pd.concat(frames, ignore_index=True)
    return frame[[name for name in columns if name in frame]]


def set_aside(folder: Path, count: int) -> pd.DataFrame:
    """The first rows that were not kept."""
    path = folder / "skipped.parquet"
    if not path.exists():
        return pd.DataFrame(columns=["line", "row", "reason", "content"])
    file, tables, held = pq.ParquetFile(path), [], 0
    for group in range(file.num_row_groups):
        tables.append(file.read_row_group(group))
        held += tables[-1].num_rows
        if held >= count:
            break
    table = pa.concat_tables(tables) if tables else file.schema_arrow.empty_table()
    return table.slice(0, count).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)


def with_split(frame: pd.DataFrame, split: pd.Series | None) -> pd.DataFrame:
    """``frame`` with the parts behind the label, in place; as it is where there are none."""
    if split is None:
        return frame
    behind = list(frame.columns).index("label") + 1 if "label" in frame else len(frame.columns)
    frame.insert(behind, "split", split.to_numpy())
    return frame


def _parts(folder: Path, start: int = 0, count: int | None = None) -> pd.Series | None:
    path = folder / "split.parquet"
    if not path.exists():
        if "split" not in pq.read_schema(folder / "data.parquet").names:
            raise FileNotFoundError(path)
        return None
    return pq.read_table(path, columns=["split"]).slice(start, count).to_pandas()["split"]
