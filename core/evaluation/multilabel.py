"""Several labels a row: metrics, and the probability from which each label is given."""

from typing import Any

import numpy as np

from core.evaluation import resampling
from core.evaluation.resampling import Statistic

FEWEST = 5  # true rows below which a label's own threshold would be chance; the threshold of all labels is used
MOST_GIVEN = 2.0  # a label is given at most so many times as often as it is true: for a label that a model cannot tell
# yet, F1 would be highest when every row gets it
EVEN = 0.5  # the threshold where there is nothing to choose by


def choose_thresholds(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(labels,) float64: the probability from which each label is given, best for its F1 on these rows.

    A label with too few true rows gets the one threshold that is best for micro-F1 over all labels.

    Args:
        truth: (rows, labels) 0 and 1.
        probabilities: (rows, labels) in 0..1.
    """
    labels = probabilities.shape[1]
    true = truth.sum(axis=0)
    if not len(truth) or not truth.any():
        return np.full(labels, EVEN)
    shared = _best_threshold(truth.ravel(), probabilities.ravel())
    return np.array(
        [
            _best_threshold(truth[:, label], probabilities[:, label]) if true[label] >= FEWEST else shared
            for label in range(labels)
        ]
    )


def multilabel_metrics(truth: np.ndarray, given: np.ndarray, labels: tuple[str, ...]) -> dict[str, Any]:
    """Micro- and macro-F1, share of rows that are right as a whole, and figures of each label.

    Args:
        truth, given: (rows, labels) bool.
    """
    truth, given = truth.astype(bool), given.astype(bool)
    right, said, true = (truth & given).sum(axis=0), given.sum(axis=0), truth.sum(axis=0)
    parts = label_parts(truth, given)
    precision = np.divide(right, said, out=np.zeros(len(labels)), where=said > 0)
    recall = np.divide(right, true, out=np.zeros(len(labels)), where=true > 0)
    f1 = _f1(right, said, true)
    return {name: resampling.value(parts, statistic) for name, statistic in STATISTICS.items()} | {
        "labels_true": float(truth.sum(axis=1).mean()), "labels_given": float(given.sum(axis=1).mean()),
        "per_class": [
            {"label": label, "precision": float(p), "recall": float(r), "f1": float(f), "support": int(n)}
            for label, p, r, f, n in zip(labels, precision, recall, f1, true, strict=True)
        ],
    }  # fmt: skip


def label_parts(truth: np.ndarray, given: np.ndarray) -> np.ndarray:
    """(rows, 3 * labels + 1) float64: right, given and true labels of each row, and whether all of them are right."""
    truth, given = truth.astype(bool), given.astype(bool)
    whole = (truth == given).all(axis=1, keepdims=True)
    return np.concatenate([truth & given, given, truth, whole], axis=1).astype(np.float64)


def _split(means: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    right, said, true = np.split(means[:, :-1], 3, axis=1)
    return right, said, true


def _micro(means: np.ndarray) -> np.ndarray:
    return _f1(*(each.sum(axis=1) for each in _split(means)))


def _macro(means: np.ndarray) -> np.ndarray:
    return _f1(*_split(means)).mean(axis=1)


def _f1(right: np.ndarray, said: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Twice the right ones over the given and the true ones; 0 where there are neither."""
    total = (said + true).astype(np.float64)
    return np.divide(2.0 * right, total, out=np.zeros_like(total), where=total > 0)


STATISTICS: dict[str, Statistic] = {
    "micro_f1": _micro, "macro_f1": _macro, "subset_accuracy": lambda means: means[:, -1],
}  # fmt: skip


def _best_threshold(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """The middle of the gap between two probabilities at which F1 is highest."""
    order = np.argsort(-probabilities, kind="stable")
    sorted_truth, sorted_shares = truth[order].astype(np.float64), probabilities[order].astype(np.float64)
    right = np.cumsum(sorted_truth)
    f1 = 2 * right / (np.arange(1, len(truth) + 1) + right[-1])
    ends = np.append(sorted_shares[:-1] > sorted_shares[1:], True)  # equal probabilities cannot be told apart
    ends &= np.arange(1, len(truth) + 1) <= max(1.0, MOST_GIVEN * right[-1])
    if not ends.any():  # equal probabilities for more rows than may get the label: none gets it
        return float((1 + sorted_shares[0]) / 2)
    best = int(np.argmax(np.where(ends, f1, -1.0)))
    below = sorted_shares[best + 1] if best + 1 < len(truth) else 0.0
    return float((sorted_shares[best] + below) / 2)
