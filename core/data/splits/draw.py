"""Draws: some of the rows, spread over the classes; a smaller draw lies inside a larger one."""

import numpy as np
import pandas as pd


def draw(labels: pd.Series, size: int, seed: int, rows: pd.Series | None = None) -> np.ndarray:
    """Positions of ``size`` rows, spread over the classes as the whole is; sorted, and all where size exceeds rows.

    With the same seed a smaller draw lies inside a larger one. Each row's luck hangs on its id alone, so that a version
    of the set with some rows dropped or relabelled draws nearly the same rows.

    Args:
        labels: (rows,) class names.
        rows: (rows,) ids of the rows; their positions where None.
    """
    if size >= len(labels):
        return np.arange(len(labels))
    ids = np.arange(len(labels)) if rows is None else rows.to_numpy(dtype=np.int64)
    luck = _luck(ids, seed)
    _, codes, counts = np.unique(labels.to_numpy().astype(str), return_inverse=True, return_counts=True)
    order = np.lexsort((luck, codes))  # class by class, the luckiest of each first
    starts = np.cumsum(counts) - counts
    # each row's rank in its class, as a share of the class: taking the smallest keeps the classes in proportion
    rank = np.empty(len(labels))
    rank[order] = (np.arange(len(labels)) - np.repeat(starts, counts) + 0.5) / np.repeat(counts, counts)
    rank[order[starts]] = -1.0  # every class is met at least once, where there is room
    return np.sort(np.lexsort((luck, rank))[:size])


def _luck(ids: np.ndarray, seed: int) -> np.ndarray:
    """(rows,) uint64, well spread, the same for the same id and seed (finaliser of splitmix64)."""
    shift = np.uint64((seed + 1) * 0xD1B54A32D192ED03 % 2**64)
    values = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + shift
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
