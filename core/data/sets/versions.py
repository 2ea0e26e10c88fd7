"""Versions: a stored set never changes; each fix makes a new set that names its parent and what was done.

The lineage of a version is the chain of its parents. Row ids are kept through all of it, so runs on different versions
can be compared row by row.
"""

import re
import time
from dataclasses import replace
from typing import Any

import pandas as pd

from core.data.cleaning.checks.health import material_of
from core.data.cleaning.fixes import Fixed, apply_fix
from core.data.columns.labels import count_labels, names_of
from core.data.sets import store
from core.data.sets.fingerprint import fingerprint_of
from core.data.sets.store import DataSet, delete_dataset, get_dataset, list_datasets
from core.data.splits.split import PARTS
from core.errors import DatasetError

FULL_PARAMETERS = 2000  # characters of parameters that are kept word for word; the rows are in ``changed_rows``


def make_version(dataset: DataSet, operation: str, parameters: dict[str, Any] | None = None) -> DataSet:
    """Apply a fix and store the outcome as a new set; the same fix on the same set gives the same version.

    Args:
        operation, parameters: as in ``core.data.cleaning.fixes.apply_fix``.

    Raises:
        DatasetError: when the fix cannot be applied or would change nothing.
    """
    material = material_of(dataset, dataset.frame())
    fixed = apply_fix(material, operation, parameters or {})
    frame = fixed.frame.reset_index(drop=True)
    fingerprint = fingerprint_of(frame, dataset.task)
    if fingerprint == dataset.fingerprint:
        raise DatasetError("This fix changes nothing.", "There is nothing of the kind in this version.")
    for known in list_datasets():
        if known.fingerprint == fingerprint:
            return known
    version = _described(dataset, frame, fixed, operation, parameters or {}, fingerprint)
    store.write_set(version, frame, {"changed": fixed.changed.reset_index(drop=True)})
    return get_dataset(version.id)


def lineage(dataset: DataSet) -> list[DataSet]:
    """The set and the versions it came from, oldest first; it begins later where an ancestor was deleted."""
    known = {each.id: each for each in list_datasets()}
    chain = [dataset]
    while chain[-1].parent in known and len(chain) < 1000:
        chain.append(known[str(chain[-1].parent)])
    return chain[::-1]


def family(dataset: DataSet) -> list[DataSet]:
    """All stored versions with the same origin, oldest first, the set itself among them."""
    origin = origin_of(dataset)
    return sorted((each for each in list_datasets() if origin_of(each) == origin), key=lambda each: each.created)


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
    return pd.read_parquet(path) if path.exists() else pd.DataFrame(columns=["row", "what", "before", "after"])


def undo(dataset: DataSet) -> DataSet:
    """The parent. The version goes to the trash, unless other versions were made from it.

    Raises:
        DatasetError: when the set has no parent, or the parent was deleted.
    """
    if not dataset.parent:
        raise DatasetError(f"{dataset.name!r} was read from a file: there is nothing to undo.")
    parent = get_dataset(dataset.parent)
    if not any(each.parent == dataset.id for each in list_datasets()):
        delete_dataset(dataset.id)
    return parent


def _described(
    dataset: DataSet, frame: pd.DataFrame, fixed: Fixed, operation: str, parameters: dict[str, Any], fingerprint: str
) -> DataSet:
    labels, counts = _classes(frame, dataset)
    change = {
        "operation": operation, "sentence": fixed.sentence, "parameters": _short(parameters),
        "rows_before": dataset.rows, "rows_after": len(frame), "changed_rows": len(fixed.changed),
        "origin": origin_of(dataset), "depth": version_number(dataset),
    }  # fmt: skip
    slug = re.sub(r"[^a-z0-9]+", "-", dataset.name.lower()).strip("-")[:40] or "set"
    split = dataset.split if operation != "resplit" else parameters.get("column")
    group = dataset.group if operation != "resplit" else parameters.get("group", dataset.group)
    gone = set(parameters.get("columns", ())) if operation == "drop_columns" else set()
    return replace(
        dataset, id=f"{slug}-{fingerprint[:8]}", rows=len(frame), labels=labels, counts=counts,
        sizes={part: int((frame["split"] == part).sum()) for part in PARTS if (frame["split"] == part).any()},
        columns=tuple(each for each in dataset.columns if each not in gone), split=split,
        group=None if group in gone else group, seed=int(parameters.get("seed", dataset.seed)), created=time.time(),
        fingerprint=fingerprint, parent=dataset.id, change=change,
    )  # fmt: skip


def _classes(frame: pd.DataFrame, dataset: DataSet) -> tuple[tuple[str, ...], dict[str, dict[str, int]]]:
    """The classes that are left, in the order of before, new ones at their end; and part -> class -> rows."""
    column = str(dataset.label)
    if not dataset.labels:
        left: tuple[str, ...] = ()
    else:
        left = names_of(dataset.task, frame["label"], column)
    labels = (
        *(each for each in dataset.labels if each in left),
        *(each for each in left if each not in dataset.labels),
    )
    if dataset.labels and dataset.task not in ("regression", "multi_label") and len(labels) < 2:
        raise DatasetError(
            f"Only the class {labels[0]!r} would be left.", "A set to learn from needs two classes at least."
        )
    counts = {
        part: count_labels(dataset.task, frame[frame["split"] == part]["label"], column)
        for part in PARTS
        if (frame["split"] == part).any()
    }
    return labels, counts


def _short(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as they are told; long lists are told by their length, since the rows themselves are kept beside the set."""
    return {
        name: value if len(str(value)) <= FULL_PARAMETERS else f"{len(value):,} entries"
        for name, value in parameters.items()
    }
