"""Parquet files, by their batches."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa

from core.data.reading.class_labels import class_names, with_class_names
from core.data.reading.columnar import FAULTS, ROWS, renamed_batches
from core.data.reading.header import unique_names
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.table_reader import TableReader
from core.errors import DatasetError

PEEKED = 6_000  # rows by which the columns of a large file are judged
ENCRYPTED = b"PARE"


def is_parquet(head: bytes, ending: str) -> bool:
    """Whether the first bytes are those of a Parquet file, encrypted ones among them."""
    return head.startswith((b"PAR1", ENCRYPTED))


def open_parquet(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """A Parquet file, of which no option changes the reading.

    Raises:
        DatasetError: when it is cut off, damaged or encrypted.
    """
    import pyarrow.parquet as pq

    tail = _refuse_encrypted(path, name)
    try:
        file = pq.ParquetFile(path)
        names, rows, groups = file.schema_arrow.names, file.metadata.num_rows, file.num_row_groups
    except FAULTS as error:
        fault = "is cut off: its end is missing" if tail != b"PAR1" else "is a damaged Parquet file"
        raise DatasetError(f"{name} {fault} (Parquet).", "Download or export it again.") from error
    columns = tuple(unique_names(names))

    def tables() -> Iterator[pa.Table]:
        for batch in pq.ParquetFile(path).iter_batches(ROWS):
            yield pa.Table.from_batches([batch])

    def peek() -> pa.Table:
        numbers = range(0, groups, max(1, groups // 8))
        picked = [pq.ParquetFile(path).read_row_group(number) for number in numbers]
        picked = [with_class_names(group, class_names(group.schema)).rename_columns(columns) for group in picked]
        return pa.concat_tables([_thinned(group, PEEKED // len(picked)) for group in picked])

    is_large = groups > 8 and rows > PEEKED
    return TableReader(
        name, "parquet", columns, path.stat().st_size, partial(renamed_batches, tables, columns, rows, name, "Parquet"),
        peek=peek if is_large else None,
    )  # fmt: skip


def _refuse_encrypted(path: Path, name: str) -> bytes:
    """The last four bytes of the file, after a look whether it is encrypted."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, path.stat().st_size - 4))
        tail = file.read()
    if ENCRYPTED in (head, tail):
        raise DatasetError(f"{name} is an encrypted Parquet file.", "Write it again without encryption.")
    return tail


def _thinned(table: pa.Table, rows: int) -> pa.Table:
    """About so many rows from all over a table."""
    return table.take(list(range(0, table.num_rows, max(1, table.num_rows // max(1, rows)))))


PARQUET = Reader("parquet", "Parquet", ("parquet",), is_parquet, open_parquet, apart=True)
