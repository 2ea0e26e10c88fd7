"""What a check finds: one finding with its level, its sentence, the rows behind it and a remedy."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.data.cleaning.near import NearPairs

SHOWN = 200  # row ids that a check carries at most
LEVELS = ("error", "warning", "note", "ok")


@dataclass(frozen=True, slots=True)
class Remedy:
    """A fix that one click, or ``data fix``, applies; ``operation`` and ``parameters`` as in ``core.data.cleaning.fixes``."""

    title: str
    operation: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One finding.

    Attributes:
        level: ok, note, warning or error.
        rows: ids of the rows behind it, at most 200 of ``count``.
        count: rows (or classes, or columns) behind it.
        remedy: what to do, in a sentence; empty when there is nothing to do.
        fix: the remedy as a click; None where only a person can decide.
    """

    name: str
    level: str
    message: str
    rows: tuple[int, ...] = ()
    count: int = 0
    remedy: str = ""
    fix: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What the checks look at.

    Attributes:
        frame: as ``DataSet.frame`` describes it, with a fresh index.
        keys: (rows,) equal for equal texts.
        pairs: near duplicates among the first rows of each key, as positions in ``frame``.
        classes: whether each row has exactly one class; otherwise checks of labels do not apply.
        group: the column of ``frame`` whose rows belong together, where the set has one.
        compared: texts among which near duplicates were looked for.
        task: kind of answers, as in ``core.tasks``.
    """

    frame: pd.DataFrame
    keys: pd.Series
    pairs: NearPairs
    classes: bool
    group: str | None
    compared: int
    task: str = "single_label"


def rows_of(frame: pd.DataFrame, mask: np.ndarray | pd.Series) -> tuple[int, ...]:
    """Ids of the first rows that ``mask`` marks."""
    return tuple(int(row) for row in frame.loc[np.asarray(mask, dtype=bool), "row"].head(SHOWN))


def together(frame: pd.DataFrame, keys: pd.Series, mask: np.ndarray) -> tuple[int, ...]:
    """Ids of the first rows that have the text of a row that ``mask`` marks; the same texts stand together."""
    shared = keys[keys.isin(set(keys[mask]))].sort_values(kind="stable").index[:SHOWN]
    return tuple(int(row) for row in frame.loc[shared, "row"])


def side_by_side(frame: pd.DataFrame, pairs: NearPairs, chosen: np.ndarray) -> tuple[int, ...]:
    """Ids of the first rows of the ``chosen`` pairs, the most similar first; the two of a pair stand together."""
    order = np.flatnonzero(chosen)[np.argsort(-pairs.similarity[chosen], kind="stable")]
    places = np.stack([pairs.first[order], pairs.second[order]], axis=1).ravel()
    return tuple(int(frame["row"].iloc[place]) for place in list(dict.fromkeys(places.tolist()))[:SHOWN])


def counted(count: int, one: str, many: str) -> str:
    """``1 text`` or ``1,234 texts``."""
    return f"{count:,} {one if count == 1 else many}"
