"""Whether one model is truly better than another on the same rows."""

from dataclasses import dataclass

import numpy as np

from core.metrics.metric import Answered
from core.metrics.table import METRICS
from core.tasks import Task

FEWEST_ROWS = 30  # below this, hardly any difference could be shown


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A difference ``a - b`` with its 95 % interval, p-value and verdict (real, not_shown, too_few_rows)."""

    metric: str
    difference: float
    interval: tuple[float, float]
    p: float
    verdict: str
    rows: int


def paired_tests(task: Task, truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int) -> list[PairedTest]:
    """Tests of two sets of answers on the same rows, the headline metric first.

    Args:
        truth, a, b: answers as ``core.evaluation.answers`` has them.
        classes: how many classes or labels there are; 1 for scores.
    """
    return _tests(task, task.tested, truth, a, b, classes)


def headline_test(task: Task, truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int) -> PairedTest:
    """The test of the headline metric alone."""
    return _tests(task, (task.headline,), truth, a, b, classes)[0]


def holm(p_values: list[float]) -> list[float]:
    """p-values corrected for the number of comparisons, in the given order.

    Source: Holm, 1979, A simple sequentially rejective multiple test procedure.
    """
    order = np.argsort(p_values)
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, p_values[index] * (len(p_values) - rank)))
        corrected[index] = highest
    return corrected


def verdict(p: float, rows: int) -> str:
    """What a p-value says: real, not_shown, or too_few_rows to say anything."""
    if rows < FEWEST_ROWS:
        return "too_few_rows"
    return "real" if p < 0.05 else "not_shown"


def _tests(
    task: Task, names: tuple[str, ...], truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int
) -> list[PairedTest]:
    sides = Answered(truth, a, classes), Answered(truth, b, classes)
    tests = []
    for name in names:
        paired = METRICS[name].forms[task.kind].paired
        if paired is not None:
            gap = paired(*sides)
            tests.append(PairedTest(name, gap.value, gap.interval, gap.p, verdict(gap.p, len(truth)), len(truth)))
    return tests
