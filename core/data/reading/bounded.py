"""Opening a file within bounds: of columns, and, where its library may end the process, in a process of its own.

Every fault of a reader leaves here as a ``DatasetError`` that names the file and the place.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from core.data.reading.apart import can_read_apart, open_apart
from core.data.reading.limits import refuse_wide
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.table_reader import Batch, Rows, TableReader
from core.errors import DatasetError, GraftError


def open_bounded(reader: Reader, path: Path, name: str, options: ReadingOptions) -> TableReader:
    """Open a file by its reader; a fault on the way to its last batch is told in a sentence.

    Raises:
        DatasetError: when the file cannot be used, or needs more memory, time or columns than a table does.
    """
    with _told(name, f"opened as {reader.title}"):
        if reader.apart and can_read_apart():
            opened = open_apart(reader.open, path, name, options)
        else:
            opened = reader.open(path, name, options)
        refuse_wide(len(opened.columns), name)
    peek = opened.peek
    return replace(
        opened, batches=lambda: _watched(opened.batches, name), peek=None if peek is None else lambda: _peeked(peek, name)
    )  # fmt: skip


def _watched(batches: Callable[[], Iterator[Batch]], name: str) -> Iterator[Batch]:
    read = 0
    waiting: Iterator[Batch] = iter(())
    with _told(name, "read"):
        waiting = batches()
    while True:
        with _told(name, f"read after row {read:,}"):
            batch = next(waiting, None)
        if batch is None:
            return
        read += len(batch.rows)
        yield batch


def _peeked(peek: Callable[[], Rows], name: str) -> Rows:
    with _told(name, "read"):
        rows = peek()
        if isinstance(rows, pa.Table):
            rows.validate(full=True)
        return rows


@contextmanager
def _told(name: str, what: str) -> Iterator[None]:
    """Whatever a library raises for a file, as a sentence; the cause stays with it."""
    try:
        yield
    except GraftError:
        raise
    except MemoryError as error:
        raise DatasetError(f"{name} cannot be {what}: it asks for more memory than there is.", "Split it.") from error
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200] or type(error).__name__
        raise DatasetError(
            f"{name} cannot be {what}: {reason}.", "It is damaged, or not what its name says: export it again."
        ) from error
