"""Several labels a row: F1 over all labels, and the rows whose labels are all right."""

import numpy as np

from core.metrics.means import of_means
from core.metrics.metric import Answered, Metric


def label_parts(answered: Answered) -> np.ndarray:
    """(rows, 3 * labels + 1) float64: right, given and true labels of each row, and whether all of them are right."""
    truth, given = answered.truth.astype(bool), answered.answers.astype(bool)
    all_right = (truth == given).all(axis=1, keepdims=True)
    return np.concatenate([truth & given, given, truth, all_right], axis=1).astype(np.float64)


def f1(right: np.ndarray, given: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Twice the right ones over the given and the true ones; 0 where there are neither."""
    total = (given + true).astype(np.float64)
    return np.divide(2.0 * right, total, out=np.zeros_like(total), where=total > 0)


def mean_f1_of_labels(means: np.ndarray) -> np.ndarray:
    """(draws,) macro-F1 from means of ``label_parts``."""
    return f1(*_right_given_true(means)).mean(axis=1)


def _pooled_f1(means: np.ndarray) -> np.ndarray:
    return f1(*(column.sum(axis=1) for column in _right_given_true(means)))


def _right_given_true(means: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    right, given, true = np.split(means[:, :-1], 3, axis=1)
    return right, given, true


MICRO_F1 = Metric(
    "micro_f1",
    "Micro-F1",
    "Right labels among all given and all true ones, every label of every row counted alike.",
    {"multi_label": of_means(label_parts, _pooled_f1)},
)
SUBSET_ACCURACY = Metric(
    "subset_accuracy",
    "Whole set right",
    "Share of rows whose labels are all right, none missing and none too many.",
    {"multi_label": of_means(label_parts, lambda means: means[:, -1])},
    tested=False,
)
