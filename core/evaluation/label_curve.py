"""Learning curves: how a score grows with the labels learnt from, what more of them would bring, and how far such a forecast held.

The error falls as ``a + b n^-c``: a power law towards a floor, the usual shape (Hestness et al., 2017, Deep learning scaling is
predictable, empirically; Viering and Loog, 2022, The shape of learning curves). With few points and noise the law is not certain,
so a forecast carries an interval, and is tried on the sizes that are known already.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST_SIZES = 4  # sizes below which no law is fitted: it has three unknowns
DRAWS = 300
FALLS = np.linspace(0.1, 1.5, 29)  # exponents that are tried
LEAST_ERROR = 0.003  # standard error below which no mean of a few draws is believed


@dataclass(frozen=True, slots=True)
class Point:
    """The mean of a metric at one size.

    Attributes:
        labels: labelled rows learnt from, 1 or more.
        error: standard error of the mean over draws; 0 where there is one draw.
    """

    labels: int
    mean: float
    error: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """A value that a curve expects.

    Attributes:
        interval: 95 %, of the mean over draws, as far as the noise of the points and the law allow to say.
    """

    labels: int
    value: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Backtest:
    """A forecast for a size that is known, from the smaller sizes alone."""

    forecast: Forecast
    came: float

    @property
    def held(self) -> bool:
        """Whether what came lies within the interval."""
        return self.forecast.interval[0] <= self.came <= self.forecast.interval[1]


def forecast(
    points: Sequence[Point], labels: int, *, best: float = 1.0, higher: bool = True, seed: int = 0
) -> Forecast | None:
    """What the metric would be with so many labels; None where the points are too few.

    Args:
        points: in growing order of their labels.
        best: the best value that the metric can have.
        higher: whether more is better.
    """
    if len(points) < FEWEST_SIZES:
        return None
    sizes = np.array([point.labels for point in points], dtype=np.float64)
    sign = 1.0 if higher else -1.0
    wrong = sign * (best - np.array([point.mean for point in points]))
    errors = np.maximum([point.error for point in points], LEAST_ERROR * max(1.0, float(wrong.max())))
    random = np.random.default_rng(seed)
    value, misfit = _fitted(sizes, wrong, errors, labels)
    # where the law misses the points by more than their own noise, the noise is taken to be as large as that
    noise = errors * max(1.0, misfit)
    drawn = [_fitted(sizes, wrong + random.normal(0, noise), errors, labels)[0] for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    last = float(noise[-1])  # a mean that is measured has the noise of a point as well
    ends = (
        best - sign * (value - np.hypot(value - low, 2 * last)),
        best - sign * (value + np.hypot(high - value, 2 * last)),
    )
    if higher:
        ends = min(ends[0], best), min(ends[1], best)
    return Forecast(labels, float(best - sign * value), (float(min(ends)), float(max(ends))))


def backtest(points: Sequence[Point], *, best: float = 1.0, higher: bool = True) -> list[Backtest]:
    """For each size with enough smaller ones: what they would have said of it, and what came."""
    told = []
    for number in range(FEWEST_SIZES, len(points)):
        expected = forecast(points[:number], points[number].labels, best=best, higher=higher)
        if expected is not None:
            told.append(Backtest(expected, points[number].mean))
    return told


def labels_for(points: Sequence[Point], value: float, *, higher: bool = True) -> float | None:
    """With how many labels the curve through the points first reaches a value, between sizes by straight lines over log labels.

    Returns:
        labels; 0 where the first point is there already, None where no point reaches it.
    """
    sign = 1.0 if higher else -1.0
    for number, point in enumerate(points):
        if sign * (point.mean - value) >= 0:
            if number == 0:
                return 0.0
            before = points[number - 1]
            share = (value - before.mean) / (point.mean - before.mean)
            return float(np.exp(np.log(before.labels) + share * (np.log(point.labels) - np.log(before.labels))))
    return None


def _fitted(sizes: np.ndarray, wrong: np.ndarray, errors: np.ndarray, labels: int) -> tuple[float, float]:
    """The error at ``labels`` by the law that fits best, and by how many standard errors it misses the points on average."""
    from scipy.optimize import nnls

    best = (float(wrong[-1]), float("inf"))
    for fall in FALLS:
        columns = np.stack([np.ones(len(sizes)), (sizes / sizes[0]) ** -fall], axis=1)
        (floor, slope), miss = nnls(columns / errors[:, None], wrong / errors)
        if miss < best[1] - 1e-12:
            best = (float(floor + slope * (labels / sizes[0]) ** -fall), float(miss))
    return best[0], best[1] / np.sqrt(max(1, len(sizes) - 3))
