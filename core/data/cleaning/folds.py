"""Folds: versions of a set in which each row is in the test part exactly once over all of them."""

from typing import Any

from core.data.cleaning.mending import make_version
from core.data.sets.store import DataSet
from core.data.sets.versions import lineage
from core.errors import DatasetError


def make_folds(
    dataset: DataSet, folds: int, seed: int = 42, group: str | None = None, keep_test: bool | None = None
) -> list[DataSet]:
    """One version for each fold, in which that fold is the test part and a tenth of the other rows chooses.

    Folds that were made before are found again, since versions are content-addressed.

    Args:
        group: a column whose rows with the same value stay in one fold.
        keep_test: leave the set's own test part out of all folds, so that it stays unseen; None does so where that part
            means something (``has_own_test``).

    Raises:
        DatasetError: when so many folds make no sense.
    """
    keep = has_own_test(dataset) if keep_test is None else keep_test
    shared: dict[str, Any] = {"folds": folds, "seed": seed}
    shared |= {"group": group} if group else {}
    shared |= {"keep_test": True} if keep else {}
    return [_fold(dataset, shared | {"fold": fold}) for fold in range(1, folds + 1)]


def _fold(dataset: DataSet, parameters: dict[str, Any]) -> DataSet:
    if dataset.fold == (parameters["fold"], parameters["folds"]):
        try:
            return make_version(dataset, "resplit", parameters)
        except DatasetError:  # "changes nothing": the set is this very fold
            return dataset
    return make_version(dataset, "resplit", parameters)


def has_own_test(dataset: DataSet) -> bool:
    """Whether the test part means more than a draw: it was named by the file or a column, or holds the latest rows.

    Scores on such a part are what others report, or what the future looks like; folds leave it aside.
    """
    if not dataset.size("test"):
        return False
    line = lineage(dataset)
    for version in reversed(line):
        change = version.change or {}
        given = change.get("parameters", {})
        if change.get("operation") != "resplit":
            continue
        if given.get("folds"):
            return False
        if not given.get("keep_test"):
            return bool(given.get("time") or given.get("column"))
    return line[0].split is not None
