"""Stored data sets: content-addressed, immutable, one folder each."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from core import workspace
from core.data.sets import rows
from core.errors import DatasetError


@dataclass(frozen=True, slots=True)
class DataSet:
    """What is known of a stored set without opening its rows.

    Attributes:
        columns: of the file as it was; ``text`` to ``group`` name the columns that had these roles.
        labels: the classes or labels; of a score, its own name.
        counts: part -> class -> rows; a row with several labels counts for each of them.
        task: single_label, text_pair (pairs with one label), multi_label, regression or unlabelled.
        label_columns: the columns of 0 and 1, where each label has its own; ``label`` then lists them.
        domain, language, id_column: columns of the file, kept in the frame as extra.<column>.
        skipped: reason -> rows of the file that were set aside.
        fingerprint: SHA-256 of the stored rows; equal rows in equal parts have equal fingerprints.
        asks: what the file left open when it was read (``core.data.reading.ask.Ask``).
        parent: id of the set that this one is a version of; ``change`` says what was done to it (see ``core.data.sets.versions``).
    """

    id: str
    name: str
    rows: int
    labels: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    columns: tuple[str, ...]
    text: str
    label: str | None
    text_pair: str | None
    split: str | None
    group: str | None
    task: str
    encoding: str | None
    delimiter: str | None
    format: str
    skipped_rows: int
    skipped: dict[str, int]
    warnings: tuple[str, ...]
    seed: int
    fractions: tuple[float, ...]
    created: float
    source_name: str
    fingerprint: str
    sizes: dict[str, int] = field(default_factory=dict)
    label_columns: tuple[str, ...] = ()
    separator: str | None = None
    domain: str | None = None
    language: str | None = None
    id_column: str | None = None
    parent: str | None = None
    change: dict[str, Any] | None = None
    asks: tuple[dict[str, Any], ...] = ()

    @property
    def folder(self) -> Path:
        return workspace.folder("datasets") / self.id

    @property
    def fold(self) -> tuple[int, int] | None:
        """Which fold of how many is the test part of this version; None for a set that is no fold of another."""
        change = self.change or {}
        given = change.get("parameters", {}) if change.get("operation") == "resplit" else {}
        return (int(given.get("fold", 1)), int(given["folds"])) if given.get("folds") else None

    def frame(self) -> pd.DataFrame:
        """All rows: row (place in the file, from 0), text, text_pair for pairs, label, split, extra.<column>."""
        return rows.whole(self.folder)

    def page(self, start: int, count: int) -> pd.DataFrame:
        """Some rows one after another, without reading the others."""
        return rows.page(self.folder, start, count)

    def sample(self, count: int, columns: Sequence[str] = ("row", "text", "label", "split")) -> pd.DataFrame:
        """About so many rows from all over the set; all of them where it is not larger."""
        return rows.sample(self.folder, count, columns)

    def set_aside(self, count: int = 200) -> pd.DataFrame:
        """The first rows of the file that were not kept: line or row, reason, content."""
        return rows.set_aside(self.folder, count)

    def part(self, name: str) -> pd.DataFrame:
        """The rows of train, validation or test."""
        frame = self.frame()
        return frame[frame["split"] == name]

    def size(self, part: str) -> int:
        """Rows in a part."""
        return self.sizes[part] if part in self.sizes else sum(self.counts.get(part, {}).values())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def list_datasets() -> list[DataSet]:
    """All stored sets, newest first; a folder that is not a whole set is passed over."""
    stored = [_load(path) for path in workspace.folder("datasets").iterdir() if not path.name.startswith(".")]
    return sorted((dataset for dataset in stored if dataset), key=lambda dataset: dataset.created, reverse=True)


def find_dataset(dataset_id: str) -> DataSet | None:
    """The set with this id; only its own folder is opened."""
    if not dataset_id or dataset_id.startswith(".") or Path(dataset_id).name != dataset_id:
        return None
    dataset = _load(workspace.folder("datasets") / dataset_id)
    return dataset if dataset and dataset.id == dataset_id else None


def find_by_fingerprint(fingerprint: str) -> DataSet | None:
    """The stored set with these very rows."""
    return next((dataset for dataset in list_datasets() if dataset.fingerprint == fingerprint), None)


def get_dataset(ref: str) -> DataSet:
    """The set with this id or name (the newest, where several share it; a fold only by its id, unless nothing else has it).

    Raises:
        DatasetError: when there is none, listing those that exist.
    """
    if dataset := find_dataset(ref):
        return dataset
    known = list_datasets()
    named = [dataset for dataset in known if dataset.name == ref]
    if named:
        return next((dataset for dataset in named if not dataset.fold), named[0])
    names = ", ".join(dataset.name for dataset in known[:10]) or "none yet"
    raise DatasetError(f"There is no data set {ref!r}.", f"Stored sets: {names}. Add one with `data add FILE`.")


def rename_dataset(ref: str, name: str) -> DataSet:
    """Give a set another name; its id stays.

    Raises:
        DatasetError: when the set does not exist or the name is empty.
    """
    dataset = get_dataset(ref)
    if not name.strip():
        raise DatasetError("The new name is empty.", "Type at least one character.")
    workspace.write_json(dataset.folder / "dataset.json", dataset.to_json() | {"name": name.strip()})
    return get_dataset(dataset.id)


def delete_dataset(ref: str) -> str:
    """Move a set to the trash; its id, with which ``restore_dataset`` brings it back."""
    dataset = get_dataset(ref)
    target = workspace.folder("trash", "datasets") / dataset.id
    shutil.rmtree(target, ignore_errors=True)
    os.rename(dataset.folder, target)
    return dataset.id


def restore_dataset(dataset_id: str) -> DataSet:
    """Bring a deleted set back.

    Raises:
        DatasetError: when the trash does not hold it.
    """
    source = workspace.folder("trash", "datasets") / dataset_id
    if not source.exists():
        raise DatasetError(f"The set {dataset_id} is not in the trash.", "Add its file again.")
    os.rename(source, workspace.folder("datasets") / dataset_id)
    return get_dataset(dataset_id)


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder beside the stored sets that goes away unless ``publish`` makes it one of them."""
    folder = workspace.folder("datasets") / f".new-{os.getpid()}-{time.time_ns()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(dataset: DataSet, folder: Path) -> None:
    """Make a folder of files a stored set, whole or not at all."""
    workspace.write_json(folder / "dataset.json", dataset.to_json())
    try:
        os.rename(folder, dataset.folder)
    except OSError:  # somebody stored the same rows at the same moment
        if not (dataset.folder / "dataset.json").exists():
            raise


def write_set(dataset: DataSet, frame: pd.DataFrame, beside: dict[str, pd.DataFrame] | None = None) -> None:
    """Store rows as a set, whole or not at all; ``beside`` are further tables to keep in its folder."""
    with new_folder() as folder:
        for name, table in {"data": frame, **(beside or {})}.items():
            table.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
        publish(dataset, folder)


def _load(path: Path) -> DataSet | None:
    value = workspace.read_json(path / "dataset.json")
    if value is None or not (path / "data.parquet").exists():
        return None
    for name in ("labels", "columns", "warnings", "fractions", "label_columns", "asks"):
        value[name] = tuple(value.get(name, ()))
    return DataSet(**{known.name: value[known.name] for known in fields(DataSet) if known.name in value})
