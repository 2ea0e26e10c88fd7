"""Macro-F1: the same care for every class or label, over those that have true rows."""

from collections.abc import Callable

import numpy as np

from core.metrics.intervals import Z, mean_f1_interval
from core.metrics.means import exchanged, influence, value
from core.metrics.metric import Answered, Difference, Form, Metric
from core.metrics.parts import Parts, class_parts, judged_f1, label_parts, of_classes, split_parts


def macro_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """Mean F1 of the classes that have true rows, each counting the same whatever its size; NaN without rows.

    Args:
        truth, predicted: (rows,) class numbers.
    """
    return value(of_classes(truth, predicted, classes), judged_f1)


def macro_f1_interval(truth: np.ndarray, predicted: np.ndarray, classes: int) -> list[float] | None:
    """95 % interval of macro-F1; None where these rows cannot carry one (``core.metrics.intervals``)."""
    return mean_f1_interval(of_classes(truth, predicted, classes))


def paired_macro_f1(truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int, seed: int = 0) -> Difference:
    """Macro-F1 of two sets of predictions on the same rows, by exchanging the two row by row."""
    return _paired(of_classes(truth, a, classes), of_classes(truth, b, classes), seed)


def confusion_counts(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) int64, true class by row, predicted class by column."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def _paired(a: Parts, b: Parts, seed: int = 0) -> Difference:
    true = split_parts(np.asarray(a.sum(axis=0), dtype=np.float64).reshape(1, -1))[2][0]
    judged = true[true > 0]
    # what could lie in rows that were not drawn, were all classes as sure as their harmonic mean
    rows = len(judged) ** 2 / np.sum(1 / judged) if len(judged) else 1.0
    return exchanged(a, b, judged_f1, seed, unseen=Z**2 / (rows + Z**2))


def _form(parts: Callable[[Answered], Parts]) -> Form:
    def shared(answered: Answered) -> Parts:
        return answered.once(parts, lambda: parts(answered))

    return Form(
        lambda answered: value(shared(answered), judged_f1),
        lambda answered: mean_f1_interval(shared(answered)),
        lambda a, b: _paired(shared(a), shared(b)),
        lambda answered: influence(shared(answered), judged_f1),
    )


MACRO_F1 = Metric(
    "macro_f1",
    "Macro-F1",
    "The same care for every class or label, however rare.",
    {"single_label": _form(class_parts), "multi_label": _form(label_parts)},
)
