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
from core.checked import NUMBER, TEXT, TIME, WHOLE, Unreadable, listing, mapping, optional, read_checked, record
from core.data.sets import rows
from core.errors import DatasetError

LONGEST = 200  # letters of an id

_SHAPE = record(
    {
        "id": TEXT, "name": TEXT, "rows": WHOLE, "labels": listing(TEXT), "counts": mapping(mapping(WHOLE)),
        "columns": listing(TEXT), "text": TEXT, "label": optional(TEXT), "text_pair": optional(TEXT),
        "split": optional(TEXT), "group": optional(TEXT), "task": TEXT, "encoding": optional(TEXT),
        "delimiter": optional(TEXT), "format": TEXT, "skipped_rows": WHOLE, "skipped": mapping(WHOLE),
        "warnings": listing(TEXT), "seed": WHOLE, "fractions": listing(NUMBER), "created": TIME, "source_name": TEXT,
        "fingerprint": TEXT,
    },
    {
        "sizes": mapping(WHOLE), "label_columns": listing(TEXT), "separator": optional(TEXT), "domain": optional(TEXT),
        "language": optional(TEXT), "id_column": optional(TEXT), "parent": optional(TEXT),
        "change": optional(record({}, {"operation": TEXT, "parameters": mapping(lambda value: "")})),
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DamagedSet:
    """A stored set that cannot be used: its id, and what is wrong with it and can be done."""

    id: str
    error: DatasetError


@dataclass(frozen=True, slots=True)
class DataSet:
    """What is known of a stored set without opening its rows.

    Attributes:
        columns: of the file as it was; ``text`` to ``group`` name the columns that had these roles.
        labels: the classes or labels; of a score, its own name.
        counts: part -> class -> rows; a row with several labels counts for each of them.
        task: single_label, text_pair (pairs with one label), multi_label, regression or unlabelled.
        joined: columns that were joined to ``text``, with a blank line between.
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
    joined: tuple[str, ...] = ()
    asks: tuple[dict[str, Any], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns of the file that make up the text, in the order in which they were joined."""
        return (self.text, *self.joined)

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
        with rows.readable(self.name, self.folder):
            return rows.whole(self.folder)

    def page(self, start: int, count: int) -> pd.DataFrame:
        """Some rows one after another, without reading the others."""
        with rows.readable(self.name, self.folder):
            return rows.page(self.folder, start, count)

    def sample(self, count: int, columns: Sequence[str] = ("row", "text", "label", "split")) -> pd.DataFrame:
        """About so many rows from all over the set; all of them where it is not larger."""
        with rows.readable(self.name, self.folder):
            return rows.sample(self.folder, count, columns)

    def set_aside(self, count: int = 200) -> pd.DataFrame:
        """The first rows of the file that were not kept: line or row, reason, content."""
        with rows.readable(self.name, self.folder):
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
    """All stored sets that can be used, newest first; ``list_damaged`` has the others."""
    stored = [found for path in _folders() if isinstance(found := _load(path), DataSet)]
    return sorted(stored, key=lambda dataset: dataset.created, reverse=True)


def list_damaged() -> list[DamagedSet]:
    """Stored sets of which something cannot be read; a stray file or an empty folder is none."""
    return [found for path in _folders() if isinstance(found := _load(path), DamagedSet)]


def _folders() -> list[Path]:
    """Folders of stored sets."""
    folder = workspace.home() / "datasets"
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    return [
        folder / name for name in names if not name.startswith(".") and name.isprintable() and (folder / name).is_dir()
    ]


def find_dataset(dataset_id: str) -> DataSet | None:
    """The set with this id; only its own folder is opened."""
    found = _stored(dataset_id)
    return found if isinstance(found, DataSet) else None


def _stored(dataset_id: str) -> DataSet | DamagedSet | None:
    """What is in the folder of this name."""
    if not dataset_id or dataset_id.startswith(".") or len(dataset_id) > LONGEST or not dataset_id.isprintable():
        return None
    if Path(dataset_id).name != dataset_id:
        return None
    found = _load(workspace.home() / "datasets" / dataset_id)
    return found if found and found.id == dataset_id else None


def find_by_fingerprint(fingerprint: str) -> DataSet | None:
    """The stored set with these very rows."""
    return next((dataset for dataset in list_datasets() if dataset.fingerprint == fingerprint), None)


def get_dataset(ref: str) -> DataSet:
    """The set with this id or name (the newest, where several share it; a fold only by its id, unless nothing else has it).

    Raises:
        DatasetError: when there is none, listing those that exist, or when it is damaged.
    """
    stored = _stored(ref)
    if isinstance(stored, DataSet):
        return stored
    if stored:
        raise stored.error
    known = list_datasets()
    named = [dataset for dataset in known if dataset.name == ref]
    if named:
        return next((dataset for dataset in named if not dataset.fold), named[0])
    names = ", ".join(dataset.name for dataset in known[:10]) or "none yet"
    brief = ref if len(ref) <= 80 else f"{ref[:79]}…"
    raise DatasetError(f"There is no data set {brief!r}.", f"Stored sets: {names}. Add one with `data add FILE`.")


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
    """Move a set, damaged or not, to the trash; its id, with which ``restore_dataset`` brings it back."""
    stored = _stored(ref) or get_dataset(ref)
    workspace.discard(workspace.folder("datasets") / stored.id, "datasets")
    return stored.id


def restore_dataset(dataset_id: str) -> DataSet:
    """Bring a deleted set back.

    Raises:
        DatasetError: when the trash does not hold it.
    """
    if workspace.bring_back(dataset_id, "datasets") is None:
        raise DatasetError(f"The set {dataset_id} is not in the trash.", "Add its file again.")
    return get_dataset(dataset_id)


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder beside the stored sets that goes away unless ``publish`` makes it one of them.

    Raises:
        StorageError: when it cannot be written.
    """
    folder = workspace.folder("datasets") / f".new-{os.getpid()}-{time.time_ns()}"
    with workspace.writing(folder.parent):
        folder.mkdir(mode=workspace.PRIVATE)
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


def _load(path: Path) -> DataSet | DamagedSet | None:
    """The set in a folder, or why it cannot be used; None where nothing is stored there."""
    held = [name for name in ("dataset.json", "data.parquet") if os.path.lexists(path / name)]
    if not held:
        return None
    try:
        value = _checked(path)
    except Unreadable as error:
        hint = f"Add its file again, or delete what is left in {path}; runs made with it keep their results."
        return DamagedSet(path.name, DatasetError(f"The data set {path.name} is damaged: {error}.", hint))
    for name in ("labels", "columns", "warnings", "fractions", "label_columns", "joined", "asks"):
        value[name] = tuple(value.get(name, ()))
    return DataSet(**{known.name: value[known.name] for known in fields(DataSet) if known.name in value})


def _checked(path: Path) -> dict[str, Any]:
    """What stands in ``dataset.json`` of a folder whose rows are there.

    Raises:
        Unreadable: saying which file is wrong.
    """
    try:
        value: dict[str, Any] = read_checked(path / "dataset.json", _SHAPE)
    except Unreadable as error:
        raise Unreadable(f"dataset.json {error}") from error
    if value["id"] != path.name:
        raise Unreadable(f"dataset.json belongs to {value['id']!r}")
    if not (path / "data.parquet").is_file():
        raise Unreadable("data.parquet is missing")
    return value
