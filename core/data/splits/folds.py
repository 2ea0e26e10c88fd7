"""Folds: each row dealt to one of several parts, so that each row can be judged once."""

import numpy as np
import pandas as pd

from core.errors import DatasetError


def assign_folds(
    labels: pd.Series | None, folds: int, *, groups: pd.Series | None = None, seed: int = 42, rows: int | None = None
) -> np.ndarray:
    """(rows,) int64 fold of each row, from 0: classes spread evenly over the folds, groups kept whole.

    Args:
        labels: (rows,) class names, or None for rows without classes (``rows`` then says how many).

    Raises:
        DatasetError: when there are fewer than 2 folds, or more folds than rows or groups.
    """
    size = rows if labels is None else len(labels)
    if size is None:
        raise DatasetError("Neither labels nor a number of rows were given.")
    units = size if groups is None else groups.nunique()
    if not 2 <= folds <= units:
        kind = "rows" if groups is None else "groups"
        raise DatasetError(
            f"{folds} folds of {units:,} {kind} make no sense.", f"Take from 2 to {min(20, units)} folds."
        )
    values = np.zeros(size, dtype=str) if labels is None else labels.to_numpy().astype(str)
    random = np.random.default_rng(seed)
    order = random.permutation(size)
    _, codes = np.unique(values, return_inverse=True)
    if groups is not None:
        return _deal_groups(codes, groups, folds, random)
    dealt = np.empty(size, dtype=np.int64)
    dealt[order[np.argsort(codes[order], kind="stable")]] = np.arange(size) % folds  # dealt out class by class
    return dealt


def _deal_groups(codes: np.ndarray, groups: pd.Series, folds: int, random: np.random.Generator) -> np.ndarray:
    """(rows,) fold of each row: whole groups, largest first, each to the fold that its classes fit best.

    Args:
        codes: (rows,) number of each row's class.
    """
    names, members = np.unique(groups.to_numpy().astype(str), return_inverse=True)
    counts = np.zeros((len(names), codes.max() + 1))
    np.add.at(counts, (members, codes), 1)
    wanted = np.tile(counts.sum(axis=0) / folds, (folds, 1))
    chosen = np.empty(len(names), dtype=np.int64)
    shuffled = random.permutation(len(names))
    for group in shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]:
        fits = np.minimum(np.maximum(wanted, 0), counts[group]).sum(axis=1)
        chosen[group] = np.lexsort((-wanted.sum(axis=1), -fits))[0]
        wanted[chosen[group]] -= counts[group]
    return chosen[members]
