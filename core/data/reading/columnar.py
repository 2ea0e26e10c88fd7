"""What Parquet and Arrow files share: their tables in batches under unique names."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa

from core.data.reading.class_labels import class_names, with_class_names
from core.data.reading.table_reader import Batch
from core.errors import DatasetError

ROWS = 16_384  # rows in a batch
FAULTS = (pa.ArrowException, OSError, ValueError, SystemError)  # what Arrow raises for damaged files


def renamed_batches(
    read: Callable[[], Iterable[pa.Table]], columns: tuple[str, ...], rows: int, name: str, title: str
) -> Iterator[Batch]:
    """The tables that ``read`` gives, in batches with unique names.

    Args:
        rows: of the whole file; 0 where that is not known.

    Raises:
        DatasetError: when the file turns out to be damaged on the way.
    """
    rows_done = 0
    try:
        for raw in read():
            raw.validate(full=True)  # offsets and letters: what is damaged inside would end whoever looks at a cell
            table = with_class_names(raw, class_names(raw.schema))
            for start in range(0, max(1, table.num_rows), ROWS):
                batch = table.slice(start, ROWS).rename_columns(list(columns))
                rows_done += batch.num_rows
                yield Batch(batch, [], rows_done / max(rows, rows_done, 1), Counter())
    except FAULTS as error:
        where = f" after row {rows_done:,}" if rows_done else ""
        raise DatasetError(f"{name} is a damaged {title} file{where}: {error}.", "Export it again.") from error
