"""Groups of rows by what they are labelled with, in a form that suits one label, several labels and scores alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.data.sets.store import DataSet
from core.tasks import split_labels

NO_LABEL, SEVERAL = "no label", "several labels"
MOST_VALUES = 30  # a further column is worth colouring by up to this many different values


@dataclass(frozen=True, slots=True)
class Groups:
    """The labels of some rows, as groups that they belong to.

    Attributes:
        names: (groups,) what rows are put together by: classes, labels, or the thirds of a score; none without labels.
        members: (rows, groups) bool; several in a row are true where it has several labels.
        values: (rows,) float64 scores; None where the labels are no numbers to be measured.
    """

    names: tuple[str, ...]
    members: np.ndarray
    values: np.ndarray | None = None

    def name_of_rows(self) -> np.ndarray:
        """(rows,) str, one name a row: its label, or that it has none or several."""
        count = self.members.sum(axis=1)
        first = np.array([*self.names, NO_LABEL], dtype=object)[
            np.where(count > 0, self.members.argmax(axis=1) if self.names else 0, len(self.names))
        ]
        return np.where(count > 1, SEVERAL, first)


def groups_of(dataset: DataSet, frame: pd.DataFrame) -> Groups:
    """The labels of ``frame``, rows of ``dataset``."""
    if dataset.task == "unlabelled" or not dataset.labels:
        return Groups((), np.zeros((len(frame), 0), dtype=bool))
    if dataset.task == "regression":
        return _thirds(pd.to_numeric(frame["label"], errors="coerce").to_numpy(dtype=np.float64))
    numbers = {name: number for number, name in enumerate(dataset.labels)}
    members = np.zeros((len(frame), len(numbers)), dtype=bool)
    for row, answer in enumerate(frame["label"]):
        members[row, [numbers[name] for name in _names(answer, dataset.task) if name in numbers]] = True
    return Groups(dataset.labels, members)


def group_columns(dataset: DataSet, frame: pd.DataFrame) -> dict[str, str]:
    """Columns that put rows into few groups, such as a domain or a language: title -> column of the frame."""
    columns = {"part": "split"} if "split" in frame and frame["split"].nunique() > 1 else {}
    for column in frame.columns:
        if column.startswith("extra."):
            values = frame[column].nunique()
            if 2 <= values <= min(MOST_VALUES, max(2, len(frame) // 4)):
                columns[column.removeprefix("extra.")] = column
    return columns


def _names(answer: Any, task: str) -> Iterable[str]:
    if isinstance(answer, str):
        return split_labels(answer) if task == "multi_label" else (answer,)
    return map(str, answer) if isinstance(answer, Sequence | np.ndarray) else (str(answer),)


def _thirds(values: np.ndarray) -> Groups:
    """Scores in three groups of about equal size; equal scores stay together."""
    known = values[np.isfinite(values)]
    if not len(known):
        return Groups((), np.zeros((len(values), 0), dtype=bool), values)
    low, high = np.quantile(known, [1 / 3, 2 / 3], method="lower")
    names = (f"low, up to {low:g}", f"middle, to {high:g}", f"high, above {high:g}")
    members = np.stack([values <= low, (values > low) & (values <= high), values > high], axis=1)
    filled = np.flatnonzero(members.any(axis=0))
    return Groups(tuple(names[number] for number in filled), members[:, filled], values)
