"""A version as a file that other tools read: CSV, JSON Lines or Parquet."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from core import workspace
from core.data.columns.own_export import NO_LABELS
from core.data.sets.spreadsheet import spreadsheet_csv
from core.data.sets.store import DataSet
from core.errors import DatasetError


def _json_lines(table: pd.DataFrame) -> bytes:
    return table.to_json(orient="records", lines=True, force_ascii=False).encode()


FORMATS: dict[str, Callable[[pd.DataFrame], bytes]] = {
    "csv": spreadsheet_csv,
    "jsonl": _json_lines,
    "parquet": lambda table: table.to_parquet(index=False),
}  # name, which is also the ending -> the whole file; a further format is a function and a line


def export_table(dataset: DataSet) -> pd.DataFrame:
    """The rows with the columns' own names: row, text, text_pair, label, split, then the others.

    A further column that bears one of these names gets an underscore. A row of several labels that has none says ``[]``,
    since an empty cell is one that nobody filled. ``core.data.sets.add`` makes the same set of it again.
    """
    frame = dataset.frame()
    own = [name for name in frame if not name.startswith("extra.")]
    names: dict[str, str] = {}
    for column in (name for name in frame if name.startswith("extra.")):
        name = column.removeprefix("extra.")
        while name in own or name in names.values():
            name += "_"
        names[column] = name
    if dataset.task == "multi_label":
        frame = frame.assign(label=frame["label"].where(frame["label"] != "", NO_LABELS))
    if not dataset.label:
        frame = frame.drop(columns="label")
    return frame.rename(columns=names)


def export_bytes(dataset: DataSet, format: str) -> bytes:
    """The whole file, for a download.

    Raises:
        DatasetError: when there is no such format.
    """
    if format not in FORMATS:
        raise DatasetError(f"There is no export as {format!r}.", f"Take one of: {', '.join(FORMATS)}.")
    return FORMATS[format](export_table(dataset))


def export_file(dataset: DataSet, format: str, path: Path) -> int:
    """Write a version to ``path``, aside and then in one move.

    Returns:
        the number of rows written.

    Raises:
        DatasetError: when the format is not known.
        StorageError: when the file cannot be written.
    """
    workspace.write_bytes(path, export_bytes(dataset, format))
    return dataset.rows
