"""Macro-F1: of classes from the cells of the confusion matrix, of several labels from means over rows."""

from collections.abc import Iterator

import numpy as np

from core.metrics.labels import label_parts, mean_f1_of_labels
from core.metrics.means import DRAWS, bias_corrected, of_means
from core.metrics.metric import Answered, Difference, Form, Metric


def macro_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """Mean of the classes' F1, each class counting the same whatever its size.

    Args:
        truth, predicted: (rows,) class numbers.
    """
    counts = confusion_counts(truth, predicted, classes)
    return float(_mean_f1(np.diagonal(counts)[None].astype(float), (counts.sum(axis=0) + counts.sum(axis=1))[None])[0])


def macro_f1_interval(truth: np.ndarray, predicted: np.ndarray, classes: int, seed: int = 0) -> list[float]:
    """95 % interval of macro-F1: bias-corrected bootstrap over rows, drawn as counts of confusion cells.

    Resampling rows with replacement is a multinomial draw over the confusion cells that hold rows, so hundreds of
    classes, whose matrix is almost empty, cost no more than the rows do. A class that a draw happens to miss is left
    out of that draw's mean.
    """
    cells = confusion_counts(truth, predicted, classes)
    true, called = np.nonzero(cells)
    share = cells[true, called] / cells.sum()
    occurs = cells.sum(axis=0) + cells.sum(axis=1) > 0
    random = np.random.default_rng(seed)
    values = []
    for size in _blocks(DRAWS, len(share)):
        drawn = random.multinomial(len(truth), share, size=size)
        right = drawn * (true == called)
        total = _sums(drawn, true, classes) + _sums(drawn, called, classes)
        values.append(_mean_f1(_sums(right, true, classes), total, missed=(total == 0) & occurs))
    return bias_corrected(np.concatenate(values), macro_f1(truth, predicted, classes))


def paired_macro_f1(truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int, seed: int = 0) -> Difference:
    """Macro-F1 of two sets of predictions: paired bootstrap interval, p by exchanging the two row by row.

    Source: Berg-Kirkpatrick, Burkett, Klein, 2012, An empirical investigation of statistical significance in NLP.
    """
    random = np.random.default_rng(seed)
    rows = len(truth)
    observed = _gap(truth, a, b, classes)
    gains, swapped = np.empty(DRAWS), np.empty(DRAWS)
    for draw in range(DRAWS):
        rows_drawn = random.integers(0, rows, rows)
        gains[draw] = _gap(truth[rows_drawn], a[rows_drawn], b[rows_drawn], classes)
        exchange = random.random(rows) < 0.5
        swapped[draw] = _gap(truth, np.where(exchange, b, a), np.where(exchange, a, b), classes)
    p = float((np.sum(np.abs(swapped) >= abs(observed) - 1e-12) + 1) / (DRAWS + 1))
    low, high = np.percentile(gains, [2.5, 97.5])
    return Difference(observed, (float(low), float(high)), p)


def confusion_counts(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) int64, true class by row, predicted class by column."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def _gap(truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int) -> float:
    return macro_f1(truth, a, classes) - macro_f1(truth, b, classes)


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


def _of_classes() -> Form:
    def value(answered: Answered) -> float:
        return macro_f1(answered.truth, answered.answers, answered.classes)

    def interval(answered: Answered) -> list[float]:
        return macro_f1_interval(answered.truth, answered.answers, answered.classes)

    def paired(a: Answered, b: Answered) -> Difference:
        return paired_macro_f1(a.truth, a.answers, b.answers, a.classes)

    return Form(value, interval, paired)


MACRO_F1 = Metric(
    "macro_f1",
    "Macro-F1",
    "The same care for every class or label, however rare.",
    {"single_label": _of_classes(), "multi_label": of_means(label_parts, mean_f1_of_labels)},
)
