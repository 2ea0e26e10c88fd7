"""Accuracy, with an interval and a paired test of its own: both are exact counts, and no rows need be drawn."""

import numpy as np

from core.metrics.means import DRAWS, of_means
from core.metrics.metric import Answered, Difference, Metric


def wilson_interval(right: int, rows: int) -> list[float]:
    """95 % interval ``[low, high]`` of the share ``right`` of ``rows``.

    Source: Wilson, 1927, Probable inference, the law of succession, and statistical inference.
    """
    from scipy.stats import binomtest

    interval = binomtest(right, rows).proportion_ci(0.95, method="wilson")
    return [float(interval.low), float(interval.high)]


def mcnemar(truth: np.ndarray, a: np.ndarray, b: np.ndarray, seed: int = 0) -> Difference:
    """Exact McNemar test of two sets of predictions on the same rows; the interval is a paired bootstrap.

    Args:
        truth, a, b: (rows,) class numbers.

    Source: Dietterich, 1998, Approximate statistical tests for comparing supervised classification algorithms.
    """
    from scipy.stats import binomtest

    right_a, right_b = a == truth, b == truth
    only_a, only_b = int(np.sum(right_a & ~right_b)), int(np.sum(right_b & ~right_a))
    p = binomtest(only_a, only_a + only_b, 0.5).pvalue if only_a + only_b else 1.0
    # rows fall into three sorts, so resampling rows is one multinomial draw
    rows = len(truth)
    shares = [only_a / rows, only_b / rows, 1 - (only_a + only_b) / rows]
    draws = np.random.default_rng(seed).multinomial(rows, shares, size=DRAWS)
    low, high = np.percentile((draws[:, 0] - draws[:, 1]) / rows, [2.5, 97.5])
    return Difference((only_a - only_b) / rows, (float(low), float(high)), float(p))


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
