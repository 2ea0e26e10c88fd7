"""Folds: each row dealt to one of several parts, so that each row can be judged once."""

import numpy as np
import pandas as pd

from core.data.splits.groups import deal_groups, group_members
from core.errors import DatasetError


def assign_folds(
    labels: pd.Series | None, folds: int, *, groups: pd.Series | None = None, seed: int = 42, rows: int | None = None
) -> np.ndarray:
    """(rows,) int64 fold of each row, from 0: classes spread evenly over the folds, groups kept whole; a row without a
    group belongs with no other.

    Args:
        labels: (rows,) class names, or None for rows without classes (``rows`` then says how many).

    Raises:
        DatasetError: when there are fewer than 2 folds, or more folds than rows or groups.
    """
    size = rows if labels is None else len(labels)
    if size is None:
        raise DatasetError("Neither labels nor a number of rows were given.")
    members, units = (None, size) if groups is None else group_members(groups)
    if not 2 <= folds <= units:
        kind = "rows" if groups is None else "groups"
        raise DatasetError(
            f"{folds} folds of {units:,} {kind} make no sense.", f"Take from 2 to {min(20, units)} folds."
        )
    values = np.zeros(size, dtype=str) if labels is None else labels.to_numpy().astype(str)
    random = np.random.default_rng(seed)
    order = random.permutation(size)
    _, codes = np.unique(values, return_inverse=True)
    if members is not None:
        wanted = [(np.bincount(codes) / folds).tolist() for _ in range(folds)]
        return deal_groups(codes, members, wanted, random, clip=True)[members]
    dealt = np.empty(size, dtype=np.int64)
    dealt[order[np.argsort(codes[order], kind="stable")]] = np.arange(size) % folds  # dealt out class by class
    return dealt
