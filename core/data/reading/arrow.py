"""Arrow IPC files and streams, and Feather files of either version."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa

from core.data.reading.columnar import FAULTS, renamed_batches
from core.data.reading.header import unique_names
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.table_reader import TableReader
from core.errors import DatasetError

FILE, FEATHER_1, STREAM = b"ARROW1", b"FEA1", b"\xff\xff\xff\xff"
ENDINGS = ("arrow", "feather")


def is_arrow(head: bytes, ending: str) -> bool:
    """Whether this is an Arrow or Feather file; a stream begins with bytes that others have too, so its ending decides."""
    return head.startswith((FILE, FEATHER_1)) or (head.startswith(STREAM) and ending in ENDINGS)


def open_arrow(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """An Arrow IPC file or stream, or a Feather file, of which no option changes the reading.

    Raises:
        DatasetError: when it is cut off or damaged.
    """
    try:
        columns = tuple(unique_names(_column_names(path)))
    except FAULTS as error:
        raise DatasetError(f"{name} is a damaged or cut off Arrow file.", "Export it again.") from error
    batches = partial(renamed_batches, partial(_tables, path), columns, 0, name, "Arrow")
    return TableReader(name, "arrow", columns, path.stat().st_size, batches)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(FILE))


def _column_names(path: Path) -> list[str]:
    head = _first_bytes(path)
    if head.startswith(FEATHER_1):
        import pyarrow.feather as feather

        return list(feather.read_table(path).column_names)
    with pa.OSFile(str(path)) as source:
        opened = pa.ipc.open_file(source) if head == FILE else pa.ipc.open_stream(source)
        return list(opened.schema.names)


def _tables(path: Path) -> Iterator[pa.Table]:
    head = _first_bytes(path)
    if head.startswith(FEATHER_1):
        import pyarrow.feather as feather

        yield feather.read_table(path)
    elif head == FILE:
        with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as opened:
            for number in range(opened.num_record_batches):
                yield pa.Table.from_batches([opened.get_batch(number)])
    else:
        with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as opened:
            for batch in opened:
                yield pa.Table.from_batches([batch])


ARROW = Reader("arrow", "Arrow", ENDINGS, is_arrow, open_arrow, apart=True)
