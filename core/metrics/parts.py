"""What each row gives to F1: for each class or label whether it is right there, was given it, and truly has it."""

from typing import Any

import numpy as np

from core.metrics.metric import Answered

Parts = Any  # (rows, parts), a NumPy array or, where most are 0, a SciPy sparse one


def class_parts(answered: Answered) -> Parts:
    """(rows, 3 * classes) sparse: right, given and true, for rows with one class each."""
    return of_classes(answered.truth, answered.answers, answered.classes)


def of_classes(truth: np.ndarray, predicted: np.ndarray, classes: int) -> Parts:
    """The same from (rows,) class numbers; a number outside 0..classes - 1 stands for a class that nobody knows."""
    from scipy.sparse import csr_array

    rows = np.arange(len(truth))
    known = truth >= 0
    columns = (
        ((truth == predicted) & known, truth),
        (predicted >= 0, predicted + classes),
        (known, truth + 2 * classes),
    )
    place = np.concatenate([rows[which] for which, _ in columns])
    column = np.concatenate([number[which] for which, number in columns])
    return csr_array((np.ones(len(place)), (place, column)), shape=(len(truth), 3 * classes))


def label_parts(answered: Answered) -> Parts:
    """(rows, 3 * labels) sparse: right, given and true labels of each row."""
    from scipy.sparse import csr_array

    truth, given = answered.truth.astype(bool), answered.answers.astype(bool)
    return csr_array(np.concatenate([truth & given, given, truth], axis=1)).astype(np.float64)


def split_parts(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(draws, classes) right, given and true from (draws, 3 * classes)."""
    right, given, true = np.split(sums, 3, axis=1)
    return right, given, true


def f1(right: np.ndarray, given: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Twice the right ones over the given and the true ones; 0 where there are neither."""
    total = (given + true).astype(np.float64)
    return np.divide(2.0 * right, total, out=np.zeros_like(total), where=total > 0)


def judged_f1(sums: np.ndarray) -> np.ndarray:
    """(draws,) macro-F1 from (draws, 3 * classes) sums or means: the mean over the classes that have true rows, NaN without any.

    A class without true rows has no recall and hence no F1; what was wrongly given it counts against the classes that these
    rows have. scikit-learn and torchmetrics disagree on such a class (scikit-learn#23130, torchmetrics#1494).
    """
    right, given, true = split_parts(sums)
    judged = true > 0
    count = judged.sum(axis=1)
    total = np.where(judged, f1(right, given, true), 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(sums), np.nan), where=count > 0)
