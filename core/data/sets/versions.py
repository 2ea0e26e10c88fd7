"""Versions: a stored set never changes; each revision makes a new set that names its parent and what was done.

The lineage of a version is the chain of its parents. Row ids are kept through all of it, so runs on different versions
can be compared row by row.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from core.data.columns.labels import names_of
from core.data.sets.describe import dataset_id, part_counts, part_sizes
from core.data.sets.fingerprint import fingerprint_of
from core.data.sets.store import (
    DataSet,
    delete_dataset,
    find_by_fingerprint,
    find_dataset,
    get_dataset,
    list_datasets,
    write_set,
)
from core.errors import DatasetError

CHANGED = ["row", "what", "before", "after"]
FULL_PARAMETERS = 2000  # characters of parameters that are kept word for word; the rows are in ``changed_rows``
LONGEST_LINE = 1000  # versions one after another


@dataclass(frozen=True, slots=True)
class Revision:
    """Rows that follow from those of a set.

    Attributes:
        frame: as ``DataSet.frame`` describes it; row ids are those of before.
        sentence: what was done, in the past tense, with numbers.
        changed: one line for each row that was dropped or changed: row, what (column, or ``dropped``), before, after.
        fields: fields of ``DataSet`` that become others beside those that follow from the rows, such as split or group.
        gone_columns: columns of the file that this version no longer holds.
    """

    frame: pd.DataFrame
    sentence: str
    changed: pd.DataFrame
    fields: dict[str, Any] = field(default_factory=dict)
    gone_columns: tuple[str, ...] = ()


def store_version(dataset: DataSet, revision: Revision, operation: str, parameters: dict[str, Any]) -> DataSet:
    """Store a revision as a new set; the same rows as those of a stored set give that set.

    Args:
        dataset: the parent.
        operation, parameters: what made the revision, as the version will tell it.

    Raises:
        DatasetError: when the rows are those of the parent, or too few classes would be left.
    """
    frame = revision.frame.reset_index(drop=True)
    fingerprint = fingerprint_of(frame, dataset.task)
    if fingerprint == dataset.fingerprint:
        raise DatasetError("This fix changes nothing.", "There is nothing of the kind in this version.")
    if known := find_by_fingerprint(fingerprint):
        return known
    change = {
        "operation": operation, "sentence": revision.sentence, "parameters": _short(parameters),
        "rows_before": dataset.rows, "rows_after": len(frame), "changed_rows": len(revision.changed),
        "origin": origin_of(dataset), "depth": version_number(dataset),
    }  # fmt: skip
    version = _described(dataset, frame, revision, change, fingerprint)
    write_set(version, frame, {"changed": revision.changed.reset_index(drop=True)})
    return get_dataset(version.id)


def lineage(dataset: DataSet) -> list[DataSet]:
    """The set and the versions it came from, oldest first; it begins later where an ancestor was deleted."""
    chain = [dataset]
    while len(chain) < LONGEST_LINE and chain[-1].parent and (parent := find_dataset(chain[-1].parent)):
        chain.append(parent)
    return chain[::-1]


def family(dataset: DataSet) -> list[DataSet]:
    """All stored versions with the same origin, oldest first, the set itself among them."""
    origin = origin_of(dataset)
    kin = [known for known in list_datasets() if origin_of(known) == origin]
    return sorted(kin, key=lambda version: version.created)


def families(datasets: Iterable[DataSet]) -> list[list[DataSet]]:
    """Versions of one origin together, the newest version first, and the family with the newest version first.

    A fold counts as the newest version only where there is no other.
    """
    kin: dict[str, list[DataSet]] = {}
    for dataset in datasets:
        kin.setdefault(origin_of(dataset), []).append(dataset)
    ordered = [
        sorted(line, key=lambda version: (version.fold is None, version.created), reverse=True) for line in kin.values()
    ]
    return sorted(ordered, key=lambda line: line[0].created, reverse=True)


def origin_of(dataset: DataSet) -> str:
    """Id of the set that was read from a file; it is known even where that set was deleted."""
    return str((dataset.change or {}).get("origin") or dataset.id)


def version_number(dataset: DataSet) -> int:
    """1 for what was read from a file, and one more for each fix since."""
    return 1 + int((dataset.change or {}).get("depth", 0))


def version_title(dataset: DataSet) -> str:
    """The name, with the number of the version where there is more than one; of a fold, which fold it is."""
    number = version_number(dataset)
    if dataset.fold:
        return f"{dataset.name} · fold {dataset.fold[0]} of {dataset.fold[1]}"
    return dataset.name if number == 1 else f"{dataset.name} · version {number}"


def changed_rows(dataset: DataSet) -> pd.DataFrame:
    """What the last fix did, a line for each row: row, what, before, after; empty for a set that was read from a file."""
    path = dataset.folder / "changed.parquet"
    try:
        return pd.read_parquet(path)[CHANGED]
    except (OSError, ValueError, KeyError):  # none, or none that can be read: the rows themselves tell all
        return pd.DataFrame(columns=CHANGED)


def undo(dataset: DataSet) -> DataSet:
    """The parent. The version goes to the trash, unless other versions were made from it.

    Raises:
        DatasetError: when the set has no parent, or the parent was deleted.
    """
    if not dataset.parent:
        raise DatasetError(f"{dataset.name!r} was read from a file: there is nothing to undo.")
    parent = get_dataset(dataset.parent)
    if not any(other.parent == dataset.id for other in list_datasets()):
        delete_dataset(dataset.id)
    return parent


def _described(
    parent: DataSet, frame: pd.DataFrame, revision: Revision, change: dict[str, Any], fingerprint: str
) -> DataSet:
    fields, gone = dict(revision.fields), set(revision.gone_columns)
    fields.setdefault("group", None if parent.group in gone else parent.group)
    return replace(
        parent, id=dataset_id(parent.name, fingerprint), rows=len(frame), labels=_labels_left(frame, parent),
        counts=part_counts(frame, parent.task, str(parent.label)), sizes=part_sizes(frame["split"]),
        columns=tuple(column for column in parent.columns if column not in gone), created=time.time(),
        fingerprint=fingerprint, parent=parent.id, change=change, **fields,
    )  # fmt: skip


def _labels_left(frame: pd.DataFrame, parent: DataSet) -> tuple[str, ...]:
    """The classes that are left, in the order of before, new ones at their end."""
    if not parent.labels:
        return ()
    left = names_of(parent.task, frame["label"], str(parent.label))
    labels = (
        *(label for label in parent.labels if label in left),
        *(label for label in left if label not in parent.labels),
    )
    if parent.task not in ("regression", "multi_label") and len(labels) < 2:
        raise DatasetError(
            f"Only the class {labels[0]!r} would be left.", "A set to learn from needs two classes at least."
        )
    return labels


def _short(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as they are told; long lists are told by their length, since the rows themselves are kept beside the set."""
    return {
        name: value if len(str(value)) <= FULL_PARAMETERS else f"{len(value):,} entries"
        for name, value in parameters.items()
    }
