"""The fix that draws the parts anew: by shares, by time, as a column says, or one fold as the test part."""

from typing import Any

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import counted
from core.data.cleaning.fixes.fix import Fix, changed, dropped, further_column
from core.data.cleaning.material import Material
from core.data.columns.labels import strata
from core.data.sets.versions import Revision
from core.data.splits.folds import assign_folds
from core.data.splits.split import FRACTIONS, PARTS, split_rows
from core.errors import DatasetError

SEED = 42


def resplit(
    material: Material, seed: int | None = None, fractions: tuple[float, ...] = FRACTIONS, group: str | None = None,
    time: str | None = None, column: str | None = None, keep_test: bool = False, folds: int | None = None, fold: int = 1,
) -> Revision:  # fmt: skip
    """Other parts for the same rows; with ``folds`` one fold of them as the test part.

    Args:
        group, time, column: columns of the file: rows with the same value stay in one part; the latest rows judge; the
            part of each row is named.
        keep_test: the test part stays as it is; with folds it is left out.
        fold: from 1.
    """
    frame, number = material.frame, SEED if seed is None else seed
    fields: dict[str, Any] = {"split": column} | ({"group": group} if group else {})
    fields |= {} if seed is None else {"seed": int(seed)}
    if folds:
        return _one_fold(material, folds, fold, number, group, keep_test, fields)
    inside = (frame["split"] != "test").to_numpy() if keep_test else np.ones(len(frame), dtype=bool)
    free, labels = frame[inside], _strata(material.task, frame)
    parts = np.full(len(frame), "test", dtype=object)
    parts[inside] = split_rows(
        labels[inside] if labels is not None else None, free[further_column(frame, group)] if group else None, seed=number,
        fractions=_without_test(fractions) if keep_test else tuple(fractions), rows=len(free),  # type: ignore[arg-type]
        times=free[further_column(frame, time)] if time else None,
        given=free[further_column(frame, column)] if column else None,
    )  # fmt: skip
    how = (
        f"by time in {time}, the latest rows judge" if time else f"as column {column} says" if column
        else f"drawn with seed {number}"
    )  # fmt: skip
    how += f", whole groups of {group}" if group else ""
    how += ", the test part kept as it was" if keep_test else ""
    return Revision(frame.assign(split=parts), _sentence(how, parts), changed(frame, "split", parts), fields)


def _one_fold(
    material: Material, folds: int, fold: int, seed: int, group: str | None, keep_test: bool, fields: dict[str, Any]
) -> Revision:
    """One fold of the rows as the test part, a tenth of the rest for validation.

    With ``keep_test`` the test part of before is left out, so that it stays unseen; the folds are those of the other rows.
    """
    if not 1 <= fold <= folds:
        raise DatasetError(f"Fold {fold} of {folds} does not exist.", f"Folds go from 1 to {folds}.")
    aside = (material.frame["split"] == "test").to_numpy() & keep_test
    frame, gone = material.frame[~aside], material.frame[aside]
    labels = _strata(material.task, frame)
    groups = frame[further_column(frame, group)] if group else None
    tested = assign_folds(labels, folds, groups=groups, seed=seed, rows=len(frame)) == fold - 1
    parts = np.full(len(frame), "test", dtype=object)
    parts[~tested] = split_rows(
        labels[~tested] if labels is not None else None, groups[~tested] if groups is not None else None,
        fractions=(0.9, 0.1, 0.0), seed=seed, rows=int((~tested).sum()),
    )  # fmt: skip
    how = f"fold {fold} of {folds} is the test part" + (f", whole groups of {group}" if group else "")
    how += f", the {counted(len(gone), 'row', 'rows')} of the test part of before left out" if keep_test else ""
    moved = pd.concat([changed(frame, "split", parts), dropped(gone)], ignore_index=True)
    return Revision(frame.assign(split=parts), _sentence(how, parts), moved, fields)


def _strata(task: str, frame: pd.DataFrame) -> pd.Series | None:
    """(rows,) what the rows are spread evenly by; None for rows without answers."""
    return None if task == "unlabelled" else strata(task, frame["label"])


def _sentence(how: str, parts: np.ndarray) -> str:
    return f"Split anew, {how}: " + ", ".join(f"{int((parts == part).sum()):,} {part}" for part in PARTS) + "."


def _without_test(fractions: tuple[float, ...]) -> tuple[float, float, float]:
    """Shares of train and validation where the test part is not touched."""
    rest = fractions[0] + fractions[1]
    return fractions[0] / rest, fractions[1] / rest, 0.0


RESPLIT = Fix("resplit", resplit)
