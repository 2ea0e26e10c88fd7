"""Metrics of a classifier, with intervals: arrays in, plain dicts out."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from core.evaluation.resampling import bias_corrected

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
    counts = _counts(truth, predicted, classes)
    return float(_mean_f1(np.diagonal(counts)[None].astype(float), (counts.sum(axis=0) + counts.sum(axis=1))[None])[0])


def accuracy_interval(truth: np.ndarray, predicted: np.ndarray) -> list[float]:
    """95 % interval of the accuracy (Wilson): ``[low, high]``."""
    right = int(np.sum(truth == predicted))
    found = binomtest(right, len(truth)).proportion_ci(0.95, method="wilson")
    return [float(found.low), float(found.high)]


def macro_f1_interval(truth: np.ndarray, predicted: np.ndarray, classes: int, seed: int = 0) -> list[float]:
    """95 % interval of macro-F1: bias-corrected bootstrap over rows, drawn as counts of confusion cells.

    Resampling rows with replacement is a multinomial draw over the confusion cells that hold rows, so hundreds of
    classes, whose matrix is almost empty, cost no more than the rows do. A class that a draw happens to miss is left
    out of that draw's mean.
    """
    cells = _counts(truth, predicted, classes)
    true, called = np.nonzero(cells)
    share = cells[true, called] / cells.sum()
    occurs = cells.sum(axis=0) + cells.sum(axis=1) > 0
    draw = np.random.default_rng(seed)
    found = []
    for size in _blocks(BOOTSTRAPS, len(share)):
        drawn = draw.multinomial(len(truth), share, size=size)
        right = drawn * (true == called)
        total = _sums(drawn, true, classes) + _sums(drawn, called, classes)
        found.append(_mean_f1(_sums(right, true, classes), total, missed=(total == 0) & occurs))
    return bias_corrected(np.concatenate(found), macro_f1(truth, predicted, classes))


def intervals(truth: np.ndarray, predicted: np.ndarray, classes: int) -> dict[str, list[float]]:
    """95 % intervals of accuracy and macro-F1."""
    return {
        "accuracy": accuracy_interval(truth, predicted),
        "macro_f1": macro_f1_interval(truth, predicted, classes),
    }


def mix_ups(matrix: Sequence[Sequence[int]], labels: Sequence[str], most: int = 12) -> list[dict[str, Any]]:
    """The commonest mistakes: true class, what was said instead, rows, and their share of the true class; most rows first."""
    counts = np.asarray(matrix)
    wrong = counts - np.diag(np.diagonal(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(at), len(labels)) for at in order if wrong.flat[at]]
    return [
        {"true": labels[t], "called": labels[c], "rows": int(wrong[t, c]), "share": float(wrong[t, c] / counts[t].sum())}
        for t, c in pairs
    ]  # fmt: skip


def _counts(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) int64, true class by row."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def _blocks(draws: int, cells: int) -> Iterator[int]:
    """Sizes of the blocks in which ``draws`` of ``cells`` numbers are made, so that one block stays within 32 MiB."""
    most = max(1, 4_000_000 // max(1, cells))
    while draws > 0:
        yield min(most, draws)
        draws -= most


def _sums(drawn: np.ndarray, owner: np.ndarray, classes: int) -> np.ndarray:
    """(draws, classes) sums of (draws, cells) counts over the cells of each class; ``owner`` is the class of a cell."""
    from scipy.sparse import csr_matrix

    member = csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(classes, len(owner)))
    return np.asarray(member @ drawn.T).T


def _mean_f1(right: np.ndarray, total: np.ndarray, missed: np.ndarray | None = None) -> np.ndarray:
    """(draws,) macro-F1 of (draws, classes) rows that are right, and true plus predicted rows; without classes ``missed``."""
    f1 = np.divide(2 * right, total, out=np.zeros(right.shape), where=total > 0)
    if missed is None:
        return f1.mean(axis=1)
    return f1.sum(axis=1) / np.maximum(1, (~missed).sum(axis=1))
