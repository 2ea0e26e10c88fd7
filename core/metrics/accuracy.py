"""Accuracy, with an interval and a paired test of its own: both rest on counts, and no rows need be drawn."""

import numpy as np

from core.metrics.means import of_means
from core.metrics.metric import Answered, Difference, Metric


def wilson_interval(right: int, rows: int) -> list[float]:
    """95 % interval ``[low, high]`` of the share ``right`` of ``rows``.

    Source: Wilson, 1927, Probable inference, the law of succession, and statistical inference.
    """
    from scipy.stats import binomtest

    interval = binomtest(right, rows).proportion_ci(0.95, method="wilson")
    return [float(interval.low), float(interval.high)]


def mcnemar(truth: np.ndarray, a: np.ndarray, b: np.ndarray) -> Difference:
    """Exact McNemar test of two sets of predictions on the same rows.

    Args:
        truth, a, b: (rows,) class numbers.

    Source: Dietterich, 1998, Approximate statistical tests for comparing supervised classification algorithms.
    """
    right_a, right_b = a == truth, b == truth
    return of_discordant(int(np.sum(right_a & ~right_b)), int(np.sum(right_b & ~right_a)), len(truth))


def of_discordant(only_a: int, only_b: int, rows: int) -> Difference:
    """The same from the numbers of rows that one side alone got right.

    The difference is a product: (2 s - 1) d, where d is the share of rows that one side alone got right and s the share of
    these that a has. p asks whether s is one half; the interval joins the exact limits of s and Wilson's of d, so that it
    leaves 0 out exactly where p is below 0.05, and it has a width also where no row is discordant. Sources: Clopper and Pearson,
    1934, The use of confidence or fiducial limits; Donner and Zou, 2012, Closed-form confidence intervals for functions of the
    normal mean and standard deviation (limits of a product, section 2).
    """
    from scipy.stats import binomtest

    apart = only_a + only_b
    spread = wilson_interval(apart, rows)
    if not apart:
        return Difference(0.0, (-spread[1], spread[1]), 1.0)
    test = binomtest(only_a, apart, 0.5)
    exact = test.proportion_ci(0.95, method="exact")
    lean, lean_low, lean_high = 2 * only_a / apart - 1, 2 * exact.low - 1, 2 * exact.high - 1
    low = -_product_limit(-lean, -lean_low, apart / rows, spread)
    high = _product_limit(lean, lean_high, apart / rows, spread)
    return Difference((only_a - only_b) / rows, (max(-1.0, low), min(1.0, high)), float(test.pvalue))


def _product_limit(lean: float, lean_high: float, apart: float, spread: list[float]) -> float:
    """Upper limit of ``lean * apart`` from that of ``lean`` and both of ``apart``; 0 exactly where ``lean_high`` is 0."""
    product = lean * apart
    if lean_high <= 0:  # the largest is then nearest to 0: few rows apart
        least = spread[0]
        inside = product**2 - lean_high * least * (2 * lean - lean_high) * (2 * apart - least)
        return product + float(np.sqrt(max(0.0, inside)))
    reach, wider = (lean_high - lean) ** 2, (spread[1] - apart) ** 2
    if lean <= 0:
        return product + float(np.sqrt(product**2 + (reach - lean**2) * (apart**2 + wider)))
    return product + float(np.sqrt(apart**2 * reach + lean**2 * wider + reach * wider))


def _right(answered: Answered) -> np.ndarray:
    """(rows, 1): whether the row got its class."""
    return (answered.truth == answered.answers)[:, None].astype(np.float64)


ACCURACY = Metric(
    "accuracy",
    "Accuracy",
    "Share of rows that got the right class.",
    {
        "single_label": of_means(
            _right,
            lambda means: means[:, 0],
            interval=lambda answered: wilson_interval(int(np.sum(answered.truth == answered.answers)), answered.rows),
            paired=lambda a, b: mcnemar(a.truth, a.answers, b.answers),
        )
    },
)
