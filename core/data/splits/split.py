"""Splits: which rows teach, which choose, and which judge."""

import numpy as np
import pandas as pd

from core.data.reading.parts import PARTS as ALIASES
from core.errors import DatasetError

PARTS = ("train", "validation", "test")
CARVED = 0.1  # share of the training rows that becomes validation where none is given


def split_rows(
    labels: pd.Series | None,
    groups: pd.Series | None,
    *,
    fractions: tuple[float, float, float] = (0.7, 0.1, 0.2),
    seed: int = 42,
    given: pd.Series | None = None,
    rows: int | None = None,
    times: pd.Series | None = None,
) -> pd.Series:
    """The part of each row: stratified by label, groups kept whole, a given split honoured, or the latest rows to test.

    A class of three rows or more has at least one in the test part, so that every class can be judged.

    Args:
        labels: (rows,) class names, or None for unlabelled rows (``rows`` then says how many).
        groups: (rows,) rows with the same value stay in one part.
        fractions: shares of train, validation and test; they sum to 1.
        given: (rows,) part names of the file; without a validation part one is carved from train.
        times: (rows,) dates or numbers: the latest rows become test, those before validation.

    Raises:
        DatasetError: when the fractions, the given names or the times make no sense.
    """
    size = rows if labels is None else len(labels)
    if size is None:
        raise DatasetError("Neither labels nor a number of rows were given.")
    strata = pd.Series("", index=range(size)) if labels is None else labels.reset_index(drop=True)
    together = None if groups is None else groups.reset_index(drop=True)
    if given is not None:
        return _honour(given.reset_index(drop=True), strata, together, seed)
    if len(fractions) != 3 or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-6 or fractions[0] <= 0:
        raise DatasetError(
            f"The split fractions are {fractions}.", "Give three shares for train, validation and test that sum to 1."
        )
    if times is not None:
        return _by_time(times.reset_index(drop=True), fractions)
    parts = np.full(size, "train", dtype=object)
    _assign(parts, np.arange(size), strata, together, {"test": fractions[2], "validation": fractions[1]}, seed)
    return pd.Series(parts)


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
    values = labels.to_numpy()
    ids = np.arange(len(values)) if rows is None else rows.to_numpy(dtype=np.int64)
    luck = _luck(ids, seed)
    order = np.argsort(luck, kind="stable")
    # each row's place in its class, as a share of the class: taking the smallest keeps the classes in proportion
    place = np.empty(len(values))
    classes, codes = np.unique(values.astype(str), return_inverse=True)
    for code in range(len(classes)):
        members = order[codes[order] == code]
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
        place[members[0]] = -1.0  # every class is met at least once, where there is room
    return np.sort(np.lexsort((luck, place))[:size])


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
    if groups is None:
        found = np.empty(size, dtype=np.int64)
        found[order[np.argsort(codes[order], kind="stable")]] = np.arange(size) % folds  # dealt out class by class
        return found
    _, members = np.unique(groups.to_numpy().astype(str), return_inverse=True)
    counts = np.zeros((units, codes.max() + 1))
    np.add.at(counts, (members, codes), 1)
    wanted = np.tile(counts.sum(axis=0) / folds, (folds, 1))
    chosen = np.empty(units, dtype=np.int64)
    shuffled = random.permutation(units)
    for group in shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]:
        fits = np.minimum(np.maximum(wanted, 0), counts[group]).sum(axis=1)
        chosen[group] = np.lexsort((-wanted.sum(axis=1), -fits))[0]
        wanted[chosen[group]] -= counts[group]
    return chosen[members]


def _luck(ids: np.ndarray, seed: int) -> np.ndarray:
    """(rows,) uint64, well spread, the same for the same id and seed (finaliser of splitmix64)."""
    shift = np.uint64((seed + 1) * 0xD1B54A32D192ED03 % 2**64)
    values = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + shift
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _by_time(times: pd.Series, fractions: tuple[float, float, float]) -> pd.Series:
    numbers = pd.to_numeric(times, errors="coerce")
    moments = numbers if numbers.notna().all() else pd.to_datetime(times, errors="coerce", utc=True, format="mixed")
    if moments.isna().any():
        bad = times[moments.isna()].iloc[0]
        raise DatasetError(
            f"{int(moments.isna().sum()):,} cells of the time column are neither dates nor numbers, such as {bad!r}.",
            "Choose another column, or drop these rows first.",
        )
    order = np.argsort(moments.to_numpy(), kind="stable")
    train, validation = round(len(order) * fractions[0]), round(len(order) * (fractions[0] + fractions[1]))
    parts = np.full(len(order), "test", dtype=object)
    parts[order[:validation]] = "validation"
    parts[order[:train]] = "train"
    return pd.Series(parts)


def _honour(given: pd.Series, strata: pd.Series, groups: pd.Series | None, seed: int) -> pd.Series:
    names = given.astype(str).str.strip().str.lower()
    unknown = sorted(set(names) - set(ALIASES))
    if unknown:
        raise DatasetError(
            f"The split column holds {unknown[0]!r}.", "It may hold train, validation (or dev, valid) and test only."
        )
    parts = names.map(ALIASES).to_numpy(dtype=object).copy()
    train = np.flatnonzero(parts == "train")
    if not len(train):
        raise DatasetError("The split column names no training rows.", "Choose another column, or none.")
    if not (parts == "validation").any():
        _assign(parts, train, strata, groups, {"validation": CARVED}, seed)
    return pd.Series(parts)


def _assign(
    parts: np.ndarray,
    rows: np.ndarray,
    strata: pd.Series,
    groups: pd.Series | None,
    shares: dict[str, float],
    seed: int,
) -> None:
    """Give some of ``rows`` to the parts in ``shares``, in place."""
    random = np.random.default_rng(seed)
    if groups is not None:
        _assign_groups(parts, rows, strata, groups, shares, random)
        return
    codes, names = pd.factorize(strata.to_numpy()[rows].astype(object), sort=True)
    for code in range(len(names)):
        members = random.permutation(rows[codes == code])
        start = 0
        for part, share in shares.items():
            # a class with few rows keeps at least one to learn from
            wanted = _rounded(len(members) * share, random)
            if part == "test" and share and len(members) >= 3:
                wanted = max(1, wanted)  # a class that is never judged would not be missed
            count = min(wanted, max(0, len(members) - 1 - start))
            parts[members[start : start + count]] = part
            start += count


def _assign_groups(
    parts: np.ndarray, rows: np.ndarray, strata: pd.Series, groups: pd.Series, shares: dict[str, float],
    random: np.random.Generator,
) -> None:  # fmt: skip
    """Whole groups, largest first, each to the part whose classes it brings closest to what they should be."""
    values, labels = strata.to_numpy()[rows].astype(str), groups.to_numpy()[rows].astype(str)
    _, classes = np.unique(values, return_inverse=True)
    names, members = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(names), classes.max() + 1))
    np.add.at(counts, (members, classes), 1)
    parts_left = {**shares, "train": 1 - sum(shares.values())}
    wanted = {part: counts.sum(axis=0) * share for part, share in parts_left.items()}
    order = random.permutation(len(names))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    chosen = np.empty(len(names), dtype=object)
    for group in order:
        part = max(wanted, key=lambda name: (float(np.minimum(wanted[name], counts[group]).sum()), wanted[name].sum()))
        chosen[group] = part
        wanted[part] = wanted[part] - counts[group]
    parts[rows] = chosen[members]


def _rounded(value: float, random: np.random.Generator) -> int:
    """A whole number near ``value``: its fraction decides the odds, so that many small classes keep their share."""
    return int(value) + int(random.random() < value - int(value))
