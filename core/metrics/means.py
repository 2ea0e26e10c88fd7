"""Metrics that depend on sums over rows only, their bootstrap intervals and paired tests.

Each row gives a few numbers (say, right, given and true labels); a metric is a function of their means. Drawing rows
again is then one matrix product for all draws, however many labels there are.
"""

from collections.abc import Callable, Iterator

import numpy as np

from core.metrics.metric import Answered, Difference, Form

DRAWS = 1000
CHUNK = 100  # draws that are in memory together

Statistic = Callable[[np.ndarray], np.ndarray]
"""From (draws, parts) means over rows to (draws,) values of a metric."""

Parts = Callable[[Answered], np.ndarray]
"""The numbers that each row gives: (rows, parts) float64."""


def of_means(
    parts: Parts,
    statistic: Statistic,
    *,
    interval: Callable[[Answered], list[float]] | None = None,
    paired: Callable[[Answered, Answered], Difference] | None = None,
) -> Form:
    """A metric that is a function of means over rows.

    Args:
        parts: metrics that share this function share what it gives, and the rows drawn again.
        interval, paired: a procedure of the metric's own, in place of the bootstrap and of exchanging row by row.
    """

    def parts_of(answered: Answered) -> np.ndarray:
        return answered.once(parts, lambda: parts(answered))

    def bootstrapped(answered: Answered) -> list[float]:
        draws = answered.once((parts, "draws"), lambda: redrawn(parts_of(answered)))
        return bootstrap_interval(draws, statistic, value(parts_of(answered), statistic))

    return Form(
        value=lambda answered: value(parts_of(answered), statistic),
        interval=interval or bootstrapped,
        paired=paired or (lambda a, b: exchanged(parts_of(a), parts_of(b), statistic)),
    )


def value(parts: np.ndarray, statistic: Statistic) -> float:
    """The metric on all rows; ``parts``: (rows, parts)."""
    return float(statistic(parts.mean(axis=0, dtype=np.float64)[None])[0])


def redrawn(parts: np.ndarray, seed: int = 0) -> np.ndarray:
    """(draws, parts) means over rows that were drawn with replacement."""
    rows = len(parts)
    return np.concatenate([counts @ parts / rows for counts in _counts(rows, seed)])


def bootstrap_interval(draws: np.ndarray, statistic: Statistic, observed: float) -> list[float]:
    """95 % bootstrap interval, ``[low, high]``, of a metric from what ``redrawn`` gave; NaN where it is not defined.

    Args:
        observed: the metric on all rows.
    """
    values = statistic(draws)
    values = values[np.isfinite(values)]
    if not len(values) or not np.isfinite(observed):
        return [float("nan"), float("nan")]
    return bias_corrected(values, observed)


def bias_corrected(values: np.ndarray, observed: float) -> list[float]:
    """``[low, high]`` of a metric's (draws,) bootstrap values, corrected for their median bias.

    Macro-F1 of drawn rows lies below that of all rows, the more the rarer the classes, since F1 is not linear; plain
    percentiles then need not even hold the observed value. Source: Efron, 1981, Nonparametric standard errors and
    confidence intervals, section 7.
    """
    from scipy.stats import norm

    below = np.mean(values < observed) + 0.5 * np.mean(values == observed)
    shift = 2 * norm.ppf(np.clip(below, 0.001, 0.999))
    low, high = np.percentile(values, 100 * norm.cdf([shift - 1.96, shift + 1.96]))
    return [float(min(low, observed)), float(max(high, observed))]


def exchanged(a: np.ndarray, b: np.ndarray, statistic: Statistic, seed: int = 0) -> Difference:
    """Difference ``a - b`` of a metric on the same rows: interval by paired bootstrap, p by exchanging the two row by row.

    Args:
        a, b: (rows, parts) of the two sides.

    Source: Berg-Kirkpatrick, Burkett, Klein, 2012, An empirical investigation of statistical significance in NLP.
    """
    rows, gap = len(a), a - b
    difference = value(a, statistic) - value(b, statistic)
    gains = np.concatenate([statistic(n @ a / rows) - statistic(n @ b / rows) for n in _counts(rows, seed)])
    random = np.random.default_rng(seed + 1)
    whole_a, whole_b = a.sum(axis=0), b.sum(axis=0)
    swapped = []
    for start in range(0, DRAWS, CHUNK):
        moved = (random.random((min(CHUNK, DRAWS - start), rows)) < 0.5).astype(a.dtype) @ gap
        swapped.append(statistic((whole_a - moved) / rows) - statistic((whole_b + moved) / rows))
    beyond = np.abs(np.concatenate(swapped)) >= abs(difference) - 1e-12
    low, high = np.nanpercentile(gains, [2.5, 97.5]) if np.isfinite(gains).any() else (np.nan, np.nan)
    return Difference(difference, (float(low), float(high)), float((beyond.sum() + 1) / (DRAWS + 1)))


def _counts(rows: int, seed: int) -> Iterator[np.ndarray]:
    """How often each row was drawn, (up to CHUNK, rows) float64 at a time."""
    random = np.random.default_rng(seed)
    for start in range(0, DRAWS, CHUNK):
        size = min(CHUNK, DRAWS - start)
        drawn = random.integers(0, rows, (size, rows)) + np.arange(size)[:, None] * rows
        yield np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)
