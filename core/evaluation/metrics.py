"""Metrics of a classifier, with intervals: arrays in, plain dicts out."""

from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

BOOTSTRAPS = 1000


def classification_metrics(truth: np.ndarray, predicted: np.ndarray, labels: tuple[str, ...]) -> dict[str, Any]:
    """Accuracy, macro-F1, figures per class and the confusion matrix.

    Args:
        truth: (rows,) class numbers.
        predicted: (rows,) class numbers.

    Returns:
        ``accuracy`` and ``macro_f1`` in 0..1; ``per_class``: a dict for each label; ``confusion``: counts,
        true class by row, predicted class by column.
    """
    numbers = np.arange(len(labels))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=numbers, zero_division=0.0
    )
    return {
        "accuracy": float(np.mean(truth == predicted)),
        "macro_f1": float(np.mean(f1)),
        "per_class": [
            {"label": label, "precision": float(p), "recall": float(r), "f1": float(f), "support": int(n)}
            for label, p, r, f, n in zip(labels, precision, recall, f1, support, strict=True)
        ],
        "confusion": confusion_matrix(truth, predicted, labels=numbers).tolist(),
    }


def log_loss(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean cross-entropy in nats: -log of the probability given to the true class."""
    chosen = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(chosen, 1e-12, 1.0)).mean())


def macro_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """Mean of the classes' F1, each class counting the same whatever its size."""
    return float(_macro_f1_of_counts(_counts(truth, predicted, classes)[None])[0])


def accuracy_interval(truth: np.ndarray, predicted: np.ndarray) -> list[float]:
    """95 % interval of the accuracy (Wilson): ``[low, high]``."""
    right = int(np.sum(truth == predicted))
    found = binomtest(right, len(truth)).proportion_ci(0.95, method="wilson")
    return [float(found.low), float(found.high)]


def macro_f1_interval(truth: np.ndarray, predicted: np.ndarray, classes: int, seed: int = 0) -> list[float]:
    """95 % interval of macro-F1: percentile bootstrap over rows, drawn as counts of confusion cells.

    Resampling rows with replacement is a multinomial draw over the confusion cells, which costs nothing per row.
    """
    cells = _counts(truth, predicted, classes)
    draws = np.random.default_rng(seed).multinomial(len(truth), cells.ravel() / cells.sum(), size=BOOTSTRAPS)
    low, high = np.percentile(_macro_f1_of_counts(draws.reshape(-1, classes, classes)), [2.5, 97.5])
    return [float(low), float(high)]


def intervals(truth: np.ndarray, predicted: np.ndarray, classes: int) -> dict[str, list[float]]:
    """95 % intervals of accuracy and macro-F1."""
    return {
        "accuracy": accuracy_interval(truth, predicted),
        "macro_f1": macro_f1_interval(truth, predicted, classes),
    }


def _counts(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) int64, true class by row."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def _macro_f1_of_counts(counts: np.ndarray) -> np.ndarray:
    """(draws,) macro-F1 of (draws, classes, classes) confusion counts."""
    right = np.diagonal(counts, axis1=1, axis2=2).astype(float)
    total = counts.sum(axis=1) + counts.sum(axis=2)
    return np.divide(2 * right, total, out=np.zeros_like(right), where=total > 0).mean(axis=1)
