"""What checks and fixes look at: the rows of a set, which texts are the same, and which nearly so."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from core.data.cleaning.near import NearPairs
from core.data.cleaning.similar import similar_rows
from core.data.cleaning.texts import text_keys
from core.data.sets.store import DataSet


@dataclass(frozen=True, slots=True)
class Material:
    """The rows of a set with what was found out about their texts.

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


def material_of(dataset: DataSet, frame: pd.DataFrame, progress: Callable[[int, int], None] | None = None) -> Material:
    """The rows of a set as checks and fixes look at them.

    Args:
        frame: as ``DataSet.frame`` gives it.
        progress: is told how many texts of how many are compared.
    """
    frame = frame.reset_index(drop=True)
    pairs, compared = similar_rows(dataset, frame, progress)
    labels = set(frame["label"].unique())
    several = dataset.task in ("multi_label", "regression")
    classes = bool(dataset.labels) and not several and labels <= set(dataset.labels)
    group = f"extra.{dataset.group}" if dataset.group and f"extra.{dataset.group}" in frame else None
    return Material(frame, text_keys(frame), pairs, classes, group, compared, dataset.task)
