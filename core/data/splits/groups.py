"""Groups: rows that stay together, dealt out whole, the largest first, each to the part that its classes fit best."""

import numpy as np
import pandas as pd


def group_members(groups: pd.Series) -> tuple[np.ndarray, int]:
    """(rows,) int64 number of each row's group, and how many groups there are.

    A row without a group belongs with no other: each empty cell is a group of its own. The groups with a name come
    first, by the alphabet.
    """
    names = groups.astype(object).where(groups.notna(), "").astype(str)
    missing = (names.str.strip() == "").to_numpy()
    members = np.empty(len(names), dtype=np.int64)
    known, members[~missing] = np.unique(names.to_numpy(dtype=object)[~missing].astype(str), return_inverse=True)
    members[missing] = len(known) + np.arange(missing.sum())
    return members, len(known) + int(missing.sum())


def deal_groups(
    classes: np.ndarray, members: np.ndarray, wanted: list[list[float]], random: np.random.Generator, clip: bool
) -> np.ndarray:
    """(groups,) int64: the number of the part that each group goes to.

    Memory grows with the rows, not with groups times classes: a group's classes are counted where it has any.

    Args:
        classes, members: (rows,) int64 number of each row's class and group, all numbers from 0 in use.
        wanted: (parts, classes) rows of each class that each part should have; it is used up.
        clip: whether a part that has more of a class than it should counts as full, rather than against the group.
    """
    count = int(members.max()) + 1
    sizes = np.bincount(members, minlength=count)
    width = int(classes.max()) + 1
    cells, rows = np.unique(members * width + classes, return_counts=True)  # one for each class that a group has
    ends = np.searchsorted(cells, np.arange(count + 1) * width)
    columns, rows_of = (cells % width).tolist(), rows.tolist()
    left = [sum(part) for part in wanted]
    overdrawn = [0.0] * len(wanted)  # below zero: rows that a part has beyond what it should, over all classes
    order = random.permutation(count)
    chosen = np.empty(count, dtype=np.int64)
    for group in order[np.argsort(-sizes[order], kind="stable")].tolist():
        has = [(columns[at], rows_of[at]) for at in range(ends[group], ends[group + 1])]
        best, best_fit = 0, (-np.inf, -np.inf)
        for part, want in enumerate(wanted):
            fit = 0.0 if clip else overdrawn[part]
            for column, number in has:
                gap = want[column]
                fit += min(max(gap, 0.0), number) if clip else min(gap, number) - min(gap, 0.0)
            if (fit, left[part]) > best_fit:
                best, best_fit = part, (fit, left[part])
        chosen[group] = best
        left[best] -= sizes[group]
        for column, number in has:
            gap = wanted[best][column]
            wanted[best][column] = gap - number
            overdrawn[best] += min(gap - number, 0.0) - min(gap, 0.0)
    return chosen
