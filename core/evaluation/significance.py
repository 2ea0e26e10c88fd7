"""Whether one model is truly better than another on the same rows."""

from dataclasses import dataclass, replace

import numpy as np

from core.metrics.metric import Answered
from core.metrics.table import METRICS
from core.tasks import Task

FEWEST_ROWS = 30  # below this, hardly any difference could be shown
FEWEST_FOLDS = 3  # below this, folds do not show how models of one training differ


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A difference ``a - b`` with its 95 % interval, p-value and verdict (real, not_shown, too_few_rows).

    The interval is None where the rows carry none; else it leaves 0 out exactly where p is below 0.05.
    """

    metric: str
    difference: float
    interval: tuple[float, float] | None
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


def headline_test(
    task: Task, truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int, metric: str | None = None
) -> PairedTest:
    """The test of one metric alone, the task's first unless another is named."""
    return _tests(task, (metric or task.headline,), truth, a, b, classes)[0]


def over_folds(
    test: PairedTest, task: Task, truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int, folds: np.ndarray
) -> PairedTest:
    """The same difference between two ways of training, each of which made one model a fold.

    Rows alone do not show how models of one training differ, so the folds' own differences must show it too: by the t test
    whose variance is corrected for the training rows that folds share. The wider interval and the larger p count.

    Args:
        folds: (rows,) number of the fold that judged the row. With fewer than three nothing is added.

    Source: Nadeau and Bengio, 2003, Inference for the generalization error.
    """
    from scipy.stats import t

    value = METRICS[test.metric].forms[task.kind].value
    numbers = np.unique(folds)
    apart = [
        value(Answered(truth[own], a[own], classes)) - value(Answered(truth[own], b[own], classes))
        for own in (folds == number for number in numbers)
    ]
    count = len(numbers)
    if count < FEWEST_FOLDS or test.interval is None or not np.isfinite(apart).all():
        return test
    error = float(np.std(apart, ddof=1)) * np.sqrt(1 / count + 1 / (count - 1))
    half = float(t.ppf(0.975, count - 1)) * error
    p = max(test.p, float(2 * t.sf(abs(test.difference) / error, count - 1)) if error > 0 else 0.0)
    low, high = min(test.interval[0], test.difference - half), max(test.interval[1], test.difference + half)
    if METRICS[test.metric].share:
        low, high = max(low, -1.0), min(high, 1.0)
    return replace(test, interval=(low, high), p=p, verdict=verdict(p, test.rows))


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
