"""A version as a file that other tools read: CSV, JSON Lines or Parquet."""

from pathlib import Path

import pandas as pd

from core import workspace
from core.data.sets.spreadsheet import spreadsheet_csv
from core.data.sets.store import DataSet
from core.errors import DatasetError

FORMATS = ("csv", "jsonl", "parquet")


def export_table(dataset: DataSet) -> pd.DataFrame:
    """The rows with the columns' own names: row, text, text_pair, label, split, then the others.

    A further column that bears one of these names gets an underscore.
    """
    frame = dataset.frame()
    own = [name for name in frame if not name.startswith("extra.")]
    names: dict[str, str] = {}
    for column in (name for name in frame if name.startswith("extra.")):
        name = column.removeprefix("extra.")
        while name in own or name in names.values():
            name += "_"
        names[column] = name
    if not dataset.label:
        frame = frame.drop(columns="label")
    return frame.rename(columns=names)


def export_bytes(dataset: DataSet, format: str) -> bytes:
    """The whole file, for a download.

    Raises:
        DatasetError: when the format is not csv, jsonl or parquet.
    """
    if format not in FORMATS:
        raise DatasetError(f"There is no export as {format!r}.", f"Take one of: {', '.join(FORMATS)}.")
    table = export_table(dataset)
    if format == "csv":
        return spreadsheet_csv(table)
    if format == "jsonl":
        return table.to_json(orient="records", lines=True, force_ascii=False).encode()
    return table.to_parquet(index=False)


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
