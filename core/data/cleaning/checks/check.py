"""What a check finds, with its level, its sentence, the rows behind it and a remedy; and what a file of checks gives."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.data.cleaning.material import Material
from core.data.cleaning.near import NearPairs

SHOWN = 200  # row ids that a check carries at most
LEVELS = ("error", "warning", "note", "ok")


@dataclass(frozen=True, slots=True)
class Remedy:
    """A fix that one click, or ``data fix``, applies; ``operation`` and ``parameters`` as in ``core.data.cleaning.fixes.registry``."""

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
        weight: of two findings of one level, the heavier one is told first: what makes scores wrong, then what hides
            classes, then what wastes rows.
    """

    name: str
    level: str
    message: str
    rows: tuple[int, ...] = ()
    count: int = 0
    remedy: str = ""
    fix: Remedy | None = None
    weight: int = 0


def by_consequence(checks: Iterable[Check]) -> list[Check]:
    """The gravest first, and of one level the one with the worst consequence."""
    return sorted(checks, key=lambda check: (LEVELS.index(check.level), -check.weight))


@dataclass(frozen=True, slots=True)
class Drop:
    """Rows that a check points out and the fix ``drop`` takes out under this name.

    Attributes:
        reason: ends the sentence "Dropped 3 rows that …".
        mask: (rows,) bool of the rows of a material.
    """

    name: str
    reason: str
    mask: Callable[[Material], np.ndarray]

    def remedy(self, title: str) -> Remedy:
        """The click that drops them."""
        return Remedy(title, "drop", {"what": self.name})


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """What one file of checks gives to the registry.

    Attributes:
        title: what is told while it is at work.
        find: its findings.
        share: of the work of all groups, in hundredths; progress is told by it.
        version: raised when it finds other things, so that findings kept by then are looked for anew.
        drops: rows that it can point out, as the fix ``drop`` takes them.
    """

    name: str
    title: str
    find: Callable[[Material], list[Check]]
    share: float
    version: int = 1
    drops: tuple[Drop, ...] = ()


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
    positions = np.stack([pairs.first[order], pairs.second[order]], axis=1).ravel()
    return tuple(int(frame["row"].iloc[position]) for position in list(dict.fromkeys(positions.tolist()))[:SHOWN])


def counted(count: int, one: str, many: str) -> str:
    """``1 text`` or ``1,234 texts``."""
    return f"{count:,} {one if count == 1 else many}"
