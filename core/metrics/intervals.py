"""Intervals of shares and of mean F1 that cover what they promise, also with few rows, none wrong, or none right.

A macro-F1 is a mean of shares that differ in how sure they are. Its variance is turned into an effective number of rows, and
the interval is Wilson's for a share of so many rows. Sources: Wilson, 1927, Probable inference, the law of succession, and
statistical inference; Korn and Graubard, 1998, Confidence intervals for proportions with small expected number of positive
counts estimated from survey data. ``benchmarks/coverage.py`` measures how often they hold the true value.
"""

from dataclasses import dataclass

import numpy as np

from core.metrics.parts import Parts, split_parts

Z = 1.959964  # 97.5 % of a normal distribution
PRIOR_ROWS = 2.0  # how many rows' worth of the mean over classes is added to what each class shows
TOGETHER = 2.0  # one wrong row of one class each hurts two: the class it has and the class it was given
EXACT_UP_TO = 60  # rows of a class up to which its F1's moments are summed over all outcomes
RARE = 0.05  # share of classes with one true row or none beyond which no interval is given


def share_interval(share: float, effective_rows: float, quantile: float = Z) -> list[float]:
    """``[low, high]`` by Wilson's formula around a share of ``effective_rows`` rows; never of no width."""
    square = quantile**2 / effective_rows
    middle = (share + square / 2) / (1 + square)
    half = quantile / (1 + square) * np.sqrt(share * (1 - share) / effective_rows + square / (4 * effective_rows))
    low = 0.0 if share <= 0 else max(0.0, float(middle - half))
    return [low, 1.0 if share >= 1 else min(1.0, float(middle + half))]


def mean_f1_interval(parts: Parts) -> list[float] | None:
    """95 % interval of macro-F1 over the classes or labels that have true rows.

    It covers the mean of these classes' F1 among all rows of the kind. None where a class has a single true row and more than
    one class in twenty have one or none: such rows say neither how these classes fare nor how many more they miss.

    Args:
        parts: (rows, 3 * classes), dense or sparse: right, given and true, as ``core.metrics.parts`` has them.
    """
    right, given, true = split_parts(np.asarray(parts.sum(axis=0), dtype=np.float64).reshape(1, -1))
    judged = true[0] > 0
    if not judged.any() or ((true == 1).any() and np.mean(true <= 1) > RARE):
        return None
    classes = _Classes(right[0][judged], given[0][judged], true[0][judged])
    f1, variance = classes.moments()
    together = _together(parts, judged, classes)
    effective = f1.smoothed * (1 - f1.smoothed) / (together * variance.sum())
    freedom = variance.sum() ** 2 / np.sum(variance**2 / classes.union)
    from scipy.stats import t

    corrected = float(np.clip(f1.observed + f1.smoothed - f1.expected, 0.0, 1.0))
    low, high = share_interval(corrected, effective, float(t.ppf(0.975, max(freedom, 2.0))))
    return [min(low, f1.observed), max(high, f1.observed)]


@dataclass(frozen=True, slots=True)
class _MeanF1:
    """Macro-F1 as observed; with each class drawn a little to the mean of all; and what rows of that kind show on average."""

    observed: float
    smoothed: float
    expected: float


@dataclass(frozen=True, slots=True)
class _Classes:
    """(classes,) rows that are right, were given the class, and truly have it; each class has true rows."""

    right: np.ndarray
    given: np.ndarray
    true: np.ndarray

    @property
    def union(self) -> np.ndarray:
        """Rows that have the class or were given it: ``right`` of them is a binomial count, and F1 a function of its share."""
        return self.true + self.given - self.right

    @property
    def f1(self) -> np.ndarray:
        return 2 * self.right / (self.true + self.given)

    @property
    def smoothed(self) -> np.ndarray:
        """(classes,) share of the union that is right, each with ``PRIOR_ROWS`` rows of the mean over all classes."""
        overall = (self.right.sum() + 0.5) / (self.union.sum() + 1)
        return (self.right + PRIOR_ROWS * overall) / (self.union + PRIOR_ROWS)

    def moments(self) -> tuple[_MeanF1, np.ndarray]:
        """Macro-F1 and the (classes,) variances that its parts would have if classes were independent.

        F1 bends as a function of the share, so few rows show less than is true (up to 0.03 with five rows a class), and the
        usual linear formula says too little of how it varies; for small classes both are summed over all outcomes.
        """
        from scipy.stats import binom

        share, rows = self.smoothed, self.union
        smoothed = 2 * share / (1 + share)
        expected = smoothed - 2 * share * (1 - share) / ((1 + share) ** 3 * rows)
        variance = _linear_variance(share, rows)
        few = rows <= EXACT_UP_TO
        if few.any():
            counts, outcomes = rows[few][:, None], np.arange(rows[few].max() + 1)
            chance = binom.pmf(outcomes, counts, share[few][:, None])
            f1 = 2 * outcomes / (counts + outcomes)
            expected[few] = (chance * f1).sum(axis=1)
            variance[few] = (chance * f1**2).sum(axis=1) - expected[few] ** 2
        means = _MeanF1(float(self.f1.mean()), float(smoothed.mean()), float(expected.mean()))
        return means, variance / len(rows) ** 2


def _together(parts: Parts, judged: np.ndarray, classes: _Classes) -> float:
    """By how much the variance of the mean exceeds that of independent classes, since rows go wrong for several at once.

    Seen in the rows' own influence on macro-F1, beside one supposed row that is wrong for two classes.
    """
    weight, f1 = np.zeros(len(judged)), np.zeros(len(judged))
    weight[judged] = 1 / (classes.true + classes.given)
    f1[judged] = classes.f1
    # the derivative of macro-F1 by the weight of each row
    influence = parts @ np.concatenate([2 * weight, -weight * f1, -weight * f1]) / len(classes.f1)
    alone = _linear_variance(classes.right / classes.union, classes.union).sum() / len(classes.f1) ** 2
    wrong = (classes.union - classes.right).sum() / 2
    seen = float(np.sum(np.square(influence))) / alone if alone > 0 else TOGETHER
    return float((wrong * seen + TOGETHER) / (wrong + 1))


def _linear_variance(share: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Variance of F1 = 2 s / (1 + s) for a share s of ``rows`` rows, to first order."""
    return 4 * share * (1 - share) / ((1 + share) ** 4 * rows)
