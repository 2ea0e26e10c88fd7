"""Several labels a row: F1 over all labels, and the rows whose labels are all right."""

import numpy as np

from core.metrics.intervals import mean_f1_interval, share_interval
from core.metrics.means import of_means
from core.metrics.metric import Answered, Metric
from core.metrics.parts import f1, split_parts


def counted_labels(answered: Answered) -> np.ndarray:
    """(rows, 3) float64: how many right, given and true labels each row has."""
    truth, given = answered.truth.astype(bool), answered.answers.astype(bool)
    return np.stack([side.sum(axis=1) for side in (truth & given, given, truth)], axis=1).astype(np.float64)


def _all_right(answered: Answered) -> np.ndarray:
    """(rows, 1): whether all labels of the row are right, none missing and none too many."""
    return (answered.truth.astype(bool) == answered.answers.astype(bool)).all(axis=1, keepdims=True).astype(np.float64)


MICRO_F1 = Metric(
    "micro_f1",
    "Micro-F1",
    "Right labels among all given and all true ones, every label of every row counted alike.",
    {
        "multi_label": of_means(
            counted_labels,
            lambda means: f1(*split_parts(means))[:, 0],
            interval=lambda answered: mean_f1_interval(counted_labels(answered)),  # that of one class over all labels
        )
    },
)
SUBSET_ACCURACY = Metric(
    "subset_accuracy",
    "Whole set right",
    "Share of rows whose labels are all right, none missing and none too many.",
    {
        "multi_label": of_means(
            _all_right,
            lambda means: means[:, 0],
            interval=lambda answered: share_interval(float(_all_right(answered).mean()), answered.rows),
        )
    },
    tested=False,
)
