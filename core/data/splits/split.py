"""Splits: which rows teach, which choose, and which judge."""

from itertools import pairwise

import numpy as np
import pandas as pd

from core.data.reading.parts import PARTS as PART_NAMES
from core.data.splits.groups import deal_groups, group_members
from core.errors import DatasetError

PARTS = ("train", "validation", "test")
FRACTIONS = (0.7, 0.1, 0.2)
CARVED = 0.1  # share of the training rows that becomes validation where none is given


def split_rows(
    labels: pd.Series | None,
    groups: pd.Series | None,
    *,
    fractions: tuple[float, float, float] = FRACTIONS,
    seed: int = 42,
    given: pd.Series | None = None,
    rows: int | None = None,
    times: pd.Series | None = None,
    carve: bool = True,
    test_share: float = 0.0,
) -> pd.Series:
    """The part of each row: stratified by label, groups kept whole, a given split honoured, or the latest rows to test.

    A class of three rows or more has at least one in the test part, so that every class can be judged.

    Args:
        labels: (rows,) class names, or None for unlabelled rows (``rows`` then says how many).
        groups: (rows,) rows with the same value stay in one part; a row without one belongs with no other.
        fractions: shares of train, validation and test; they sum to 1.
        given: (rows,) part names of the file; without a validation part one is carved from train, unless ``carve`` is False.
        test_share: of the training rows, for a test part where the given parts have none, 0 to 1.
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
        return _as_given(given.reset_index(drop=True), strata, together, seed, carve, test_share)
    if len(fractions) != 3 or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-6 or fractions[0] <= 0:
        raise DatasetError(
            f"The split fractions are {fractions}.", "Give three shares for train, validation and test that sum to 1."
        )
    if times is not None:
        return _by_time(times.reset_index(drop=True), fractions)
    parts = np.full(size, "train", dtype=object)
    _assign(parts, np.arange(size), strata, together, {"test": fractions[2], "validation": fractions[1]}, seed)
    return pd.Series(parts)


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


def _as_given(
    given: pd.Series, strata: pd.Series, groups: pd.Series | None, seed: int, carve: bool, test_share: float
) -> pd.Series:
    names = given.astype(str).str.strip().str.lower()
    unknown = sorted(set(names) - set(PART_NAMES))
    if unknown:
        raise DatasetError(
            f"The split column holds {unknown[0]!r}.", "It may hold train, validation (or dev, valid) and test only."
        )
    parts = names.map(PART_NAMES).to_numpy(dtype=object).copy()
    train = np.flatnonzero(parts == "train")
    if not len(train):
        raise DatasetError("The split column names no training rows.", "Choose another column, or none.")
    shares = {} if not test_share or (parts == "test").any() else {"test": test_share}
    if carve and not (parts == "validation").any():
        shares["validation"] = CARVED
    if shares:
        _assign(parts, train, strata, groups, shares, seed)
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
    order = np.argsort(codes, kind="stable")  # class by class, the rows of each in their order
    edges = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for first, last in pairwise(edges):
        members = random.permutation(rows[order[first:last]])
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
    _, classes = np.unique(strata.to_numpy()[rows].astype(str), return_inverse=True)
    members, _ = group_members(groups.iloc[rows])
    all_shares = {**shares, "train": 1 - sum(shares.values())}
    wanted = [(np.bincount(classes) * share).tolist() for share in all_shares.values()]
    dealt = deal_groups(classes, members, wanted, random, clip=False)
    parts[rows] = np.array(list(all_shares), dtype=object)[dealt[members]]


def _rounded(value: float, random: np.random.Generator) -> int:
    """A whole number near ``value``: its fraction decides the odds, so that many small classes keep their share."""
    return int(value) + int(random.random() < value - int(value))
