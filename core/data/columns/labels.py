"""Labels of stored rows: their names and order, their counts, and the strata that rows are spread by."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from core.tasks import split_labels

BINS = 10  # parts of the range of a score over which rows are spread evenly


def label_names(sets: Iterable[set[str] | None]) -> list[str]:
    """All labels in their order: numbers by size, then names by the alphabet."""
    return sorted({name for names in sets if names for name in names}, key=label_order)


def label_order(label: str) -> tuple[int, float, str]:
    """Sorts labels: numbers by size, then names by the alphabet."""
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label


def names_of(task: str, answers: pd.Series, column: str) -> tuple[str, ...]:
    """The names of a model's outputs: classes, labels, or the score's own name."""
    if task == "regression":
        return (column,)
    if task == "multi_label":
        return tuple(label_names(set(split_labels(answer)) for answer in answers.unique()))
    return tuple(sorted(answers.unique(), key=label_order))


def count_labels(task: str, answers: pd.Series, column: str) -> dict[str, int]:
    """Rows of each class or label; a row with several counts for each of them."""
    if task == "regression":
        return {column: len(answers)}
    if task == "multi_label":
        answers = answers.map(split_labels).explode().dropna()
    return {str(label): int(rows) for label, rows in answers.value_counts().items()}


def strata(task: str, answers: pd.Series) -> pd.Series:
    """(rows,) what rows are spread evenly by: the class; the rarest of several labels; a tenth of the range of a score."""
    if task == "multi_label":
        counts = count_labels(task, answers, "")
        rarest = {
            answer: min(split_labels(answer), key=lambda name: (counts[name], name), default="")
            for answer in answers.unique()
        }
        return answers.map(rarest)
    if task == "regression":
        values = answers.astype(float)
        edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
        return pd.Series(np.searchsorted(edges, values, side="right").astype(str), index=answers.index)
    return answers
