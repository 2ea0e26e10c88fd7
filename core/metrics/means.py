"""Metrics that depend on sums over rows only, their bootstrap intervals and paired tests.

Each row gives a few numbers (say, right, given and true labels); a metric is a function of their means. Drawing rows
again is then one matrix product for all draws, however many labels there are.
"""

from collections.abc import Callable, Iterator

import numpy as np

from core.metrics.intervals import Z, share_interval
from core.metrics.metric import Answered, Difference, Form
from core.metrics.parts import Parts

DRAWS = 1000
CHUNK = 100  # draws that are in memory together

Statistic = Callable[[np.ndarray], np.ndarray]
"""From (draws, parts) means over rows to (draws,) values of a metric."""

RowParts = Callable[[Answered], np.ndarray]
"""The numbers that each row gives: (rows, parts) float64."""


def of_means(
    parts: RowParts,
    statistic: Statistic,
    *,
    share: bool = True,
    interval: Callable[[Answered], list[float] | None] | None = None,
    paired: Callable[[Answered, Answered], Difference] | None = None,
) -> Form:
    """A metric that is a function of means over rows.

    Args:
        parts: metrics that share this function share what it gives, and the rows drawn again.
        share: whether the metric lies in 0..1: then rows that are all alike bound it too, and without it they do not.
        interval, paired: a procedure of the metric's own, in place of the bootstrap and of exchanging row by row.
    """

    def parts_of(answered: Answered) -> np.ndarray:
        return answered.once(parts, lambda: parts(answered))

    def bootstrapped(answered: Answered) -> list[float] | None:
        observed = value(parts_of(answered), statistic)
        draws = answered.once((parts, "draws"), lambda: redrawn(parts_of(answered)))
        ends = bootstrap_interval(draws, statistic, observed)
        if not np.isfinite(observed) or ends[1] - ends[0] > 1e-9 * max(1.0, abs(observed)):
            return ends
        return share_interval(observed, answered.rows) if share else None

    def exchange(a: Answered, b: Answered) -> Difference:
        return exchanged(parts_of(a), parts_of(b), statistic, unseen=Z**2 / (a.rows + Z**2) if share else 0.0)

    return Form(
        value=lambda answered: value(parts_of(answered), statistic),
        interval=interval or bootstrapped,
        paired=paired or exchange,
        influence=lambda answered: influence(parts_of(answered), statistic),
    )


def influence(parts: Parts, statistic: Statistic) -> np.ndarray:
    """(rows,) influence of each row on the metric: its parts less their means, along the slope of ``statistic`` at the means.

    Parts that are 0 on every row have no influence, whatever the slope.
    """
    rows = parts.shape[0]
    means = np.asarray(parts.sum(axis=0), dtype=np.float64).ravel() / rows
    used = np.flatnonzero(np.asarray(abs(parts).sum(axis=0)).ravel())
    step = 1e-4 * np.maximum(np.abs(means[used]), 1.0 / rows)
    steps = np.zeros((len(used), len(means)))
    steps[np.arange(len(used)), used] = step
    slope = np.zeros(len(means))
    slope[used] = (statistic(means + steps) - statistic(means - steps)) / (2 * step)
    return np.asarray(parts @ slope - means @ slope, dtype=np.float64)


def value(parts: Parts, statistic: Statistic) -> float:
    """The metric on all rows; ``parts``: (rows, parts)."""
    means = np.asarray(parts.sum(axis=0), dtype=np.float64).reshape(1, -1) / parts.shape[0]
    return float(statistic(means)[0])


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


def exchanged(a: Parts, b: Parts, statistic: Statistic, seed: int = 0, unseen: float = 0.0) -> Difference:
    """Difference ``a - b`` of a metric on the same rows, tested by exchanging the two row by row.

    Interval and p come from the same draws: the interval is the difference, give or take what 95 % of the exchanges stay
    within, so it holds 0 exactly where p is 0.05 or more.

    Args:
        a, b: (rows, parts) of the two sides, dense or sparse.
        unseen: the difference that rows which were not drawn could hold though these show none; 0 where nothing bounds it, and
            two sides that never differ then have no interval.

    Source: Berg-Kirkpatrick, Burkett, Klein, 2012, An empirical investigation of statistical significance in NLP.
    """
    rows = a.shape[0]
    total_a, total_b = (np.asarray(side.sum(axis=0), dtype=np.float64).ravel() for side in (a, b))
    difference = float((statistic(total_a[None] / rows) - statistic(total_b[None] / rows))[0])
    swapped = _exchanges(a - b, total_a, total_b, rows, statistic, seed)
    largest = np.sort(np.abs(swapped[np.isfinite(swapped)]))[::-1]
    if not np.isfinite(difference) or len(largest) < DRAWS // 2:
        return Difference(difference, None, 1.0)
    clear = np.sqrt(max(0.0, difference**2 - unseen**2))
    p = float((np.sum(largest >= clear - 1e-12) + 1) / (len(largest) + 1))
    # p < 0.05 where fewer draws than this reach the difference
    half = float(np.hypot(largest[int(0.05 * (len(largest) + 1)) - 1] + 1e-12, unseen))
    ends = (difference - half, difference + half)
    if unseen:  # a share
        ends = max(-1.0, ends[0]), min(1.0, ends[1])
    return Difference(difference, ends if half > 1e-9 else None, p)


def _exchanges(
    gap: Parts, total_a: np.ndarray, total_b: np.ndarray, rows: int, statistic: Statistic, seed: int
) -> np.ndarray:
    """(draws,) differences after each row's two sides changed places or not, by the toss of a coin."""
    random = np.random.default_rng(seed)
    apart = gap[np.flatnonzero(np.asarray(abs(gap).sum(axis=1)).ravel())]
    swapped = []
    for start in range(0, DRAWS, CHUNK):
        tossed = (random.random((min(CHUNK, DRAWS - start), apart.shape[0])) < 0.5).astype(np.float64)
        moved = np.asarray((apart.T @ tossed.T).T)
        swapped.append(statistic((total_a - moved) / rows) - statistic((total_b + moved) / rows))
    return np.concatenate(swapped)


def _counts(rows: int, seed: int) -> Iterator[np.ndarray]:
    """How often each row was drawn, (up to CHUNK, rows) float64 at a time."""
    random = np.random.default_rng(seed)
    for start in range(0, DRAWS, CHUNK):
        size = min(CHUNK, DRAWS - start)
        drawn = random.integers(0, rows, (size, rows)) + np.arange(size)[:, None] * rows
        yield np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)
