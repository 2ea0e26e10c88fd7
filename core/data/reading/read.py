"""Reading: any table of texts that people have, in memory, with every row that is set aside named."""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from core.data.reading.ask import Ask
from core.data.reading.reader import ReadingOptions
from core.data.reading.readers import open_table
from core.data.reading.skipped import SkippedRow, skipped_sentences
from core.data.reading.table_reader import Rows, TableReader, as_frame, mended_sentences
from core.errors import DatasetError

THINNED = 20  # of so many rows one is taken from a large file that cannot be peeked into
AT_ONCE = 64 << 20  # bytes up to which a file is read whole to judge its columns


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read: ``frame`` with unique string column names, and how it was written.

    Attributes:
        sheets: what can be chosen from inside: sheets of a workbook, tables of an archive.
        skipped: rows that were not read, each with the number of rows of ``frame`` before it.
        sampled: whether ``frame`` holds only some rows of a large file, from all over it.
        size: bytes of the file.
        reasons: what was guessed -> why.
        asks: what the file leaves open, with both readings.
    """

    frame: pd.DataFrame
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    skipped: tuple[SkippedRow, ...] = ()
    warnings: tuple[str, ...] = ()
    sampled: bool = False
    size: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()


def read_table(path: Path, name: str | None = None, **options: Any) -> Table:
    """Read any supported file whole; what is not given is found out from the content.

    Args:
        name: what the user calls the file, where ``path`` is a copy.
        options: fields of ``ReadingOptions``.

    Raises:
        DatasetError: when the file cannot be used, saying what it is and what to do.
    """
    return whole_table(open_table(path, name, ReadingOptions(**options)))


def sample_table(opened: TableReader) -> Table:
    """The whole of a small file; of a large one some thousand rows from all over it, by which its columns can be judged.

    Raises:
        DatasetError: when a small file holds no rows.
    """
    if opened.size <= AT_ONCE:
        return whole_table(opened)
    rows = opened.peek() if opened.peek else _thinned(opened)
    return replace(_described(opened, as_frame(rows), opened.skipped), sampled=True)


def _thinned(opened: TableReader) -> Rows:
    frames = [as_frame(batch.rows).iloc[::THINNED] for batch in opened.batches()]
    return pd.concat(frames, ignore_index=True)


def whole_table(opened: TableReader) -> Table:
    """All rows of an opened file in memory.

    Raises:
        DatasetError: when it holds no rows.
    """
    frames: list[pd.DataFrame] = []
    tables: list[pa.Table] = []
    skipped, mended, rows = list(opened.skipped), Counter[str](), 0
    for batch in opened.batches():
        if isinstance(batch.rows, pa.Table):
            tables.append(batch.rows)
        else:
            frames.append(batch.rows)
        skipped += [unread.later(rows) for unread in batch.skipped]
        rows += len(batch.rows)
        mended += batch.mended
    if tables:
        frames.append(as_frame(pa.concat_tables(tables)))
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0] if frames else pd.DataFrame()
    if not len(frame):
        raise DatasetError(f"{opened.name} holds no rows.", "Upload a file with at least a few rows of texts.")
    return _described(opened, frame, tuple(skipped), mended)


def _described(
    opened: TableReader, frame: pd.DataFrame, skipped: tuple[SkippedRow, ...], mended: Counter[str] | None = None
) -> Table:
    sentences = (*mended_sentences(mended or Counter()), *skipped_sentences(skipped, len(skipped), len(frame)))
    return Table(
        frame, opened.format, opened.encoding, opened.delimiter, opened.header, opened.sheets, opened.sheet, skipped,
        (*opened.warnings, *sentences), size=opened.size, reasons=opened.reasons, asks=opened.asks,
    )  # fmt: skip
