"""Whether one way of training is truly better than another, told from several trainings of each that differ by seed.

Rows alone say how two models differ, not how two ways of training do: trained again, each would come out a little different. So
the uncertainty of the difference has two parts, that of the rows and that of the seeds. They are added, and as few seeds say
little of how seeds differ, Student's t replaces the normal distribution with as many degrees of freedom as the parts leave
(Welch, 1947; Satterthwaite, 1946, An approximate distribution of estimates of variance components). A hierarchical bootstrap
would draw three seeds from three, and find their spread a third too small; ``benchmarks/coverage.py`` measures this test.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.significance import FEWEST_ROWS, PairedTest
from core.metrics.intervals import Z, share_interval
from core.metrics.metric import Answered
from core.metrics.table import METRICS
from core.tasks import Task

FEWEST_SEEDS = 3  # trainings of a way; two say too little of how its trainings differ (7 to 10 in 100 false alarms)


@dataclass(frozen=True, slots=True)
class Way:
    """What the models of one way of training answered to the same rows.

    Attributes:
        answers: one array for each model, as ``core.evaluation.answers`` has them.
        fixed: whether training again would give the very same model, as it does for counted words.
    """

    answers: Sequence[np.ndarray]
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class WaysTest(PairedTest):
    """Mean of a metric over the models of one way less that of another.

    Attributes:
        interval: 95 %, over rows and seeds; None where one side has too few trainings, or the rows carry none.
        p: of there being no difference; the interval leaves 0 out exactly where it is below 0.05.
        verdict: real, not_shown, too_few_rows, or too_few_seeds.
        seeds: models of each side.
    """

    seeds: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """A metric over the models of one way of training.

    Attributes:
        values: of each model.
        interval: 95 %, of the mean over rows and seeds; None where there are too few models or the rows carry none.
    """

    values: tuple[float, ...]
    mean: float
    interval: tuple[float, float] | None

    @property
    def deviation(self) -> float | None:
        """Of a sample; None for one model."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else None


def compare_ways(
    task: Task, truth: np.ndarray, a: Way, b: Way, classes: int, metric: str, *, paired: bool = False
) -> WaysTest:
    """Test two ways of training on the same rows.

    Args:
        truth: as ``core.evaluation.answers`` has it.
        classes: how many classes or labels there are; 1 for scores.
        metric: a metric that is tested.
        paired: whether the models stand in pairs that have more in common than the rows that judge them, as the rows that they
            learnt from, drawn by the same seed.
    """
    form, rows = METRICS[metric].forms[task.kind], len(truth)
    sides = [[Answered(truth, answers, classes) for answers in way.answers] for way in (a, b)]
    values = [np.array([form.value(answered) for answered in side]) for side in sides]
    difference = float(values[0].mean() - values[1].mean())
    seeds = len(values[0]), len(values[1])

    def told(verdict: str, p: float = 1.0, interval: tuple[float, float] | None = None) -> WaysTest:
        return WaysTest(metric, difference, interval, p, verdict, rows, seeds)

    if rows < FEWEST_ROWS:
        return told("too_few_rows")
    if any(count < FEWEST_SEEDS and not way.fixed for way, count in zip((a, b), seeds, strict=True)):
        return told("too_few_seeds")
    if form.influence is None or not np.isfinite(difference):
        return told("not_shown")
    influences = [np.stack([form.influence(answered) for answered in side]) for side in sides]  # (models, rows) each
    parts = [_of_rows(influences[0].mean(axis=0) - influences[1].mean(axis=0))]
    if paired and seeds[0] == seeds[1] and not (a.fixed or b.fixed):
        parts.append(_of_seeds(values[0] - values[1], influences[0] - influences[1]))
    else:
        parts += [
            _of_seeds(*own)
            for way, own in zip((a, b), zip(values, influences, strict=True), strict=True)
            if not way.fixed
        ]
    error, freedom = _together(parts, _unseen(metric, rows))
    if error <= 1e-12:
        return told("not_shown")
    from scipy.stats import t

    p = float(2 * t.sf(abs(difference) / error, freedom))
    half = float(t.ppf(0.975, freedom)) * error
    low, high = difference - half, difference + half
    if METRICS[metric].share:
        low, high = max(low, -1.0), min(high, 1.0)
    return told("real" if p < 0.05 else "not_shown", p, (low, high))


def spread_of(task: Task, truth: np.ndarray, way: Way, classes: int, metric: str) -> Spread:
    """A metric over the models of one way, with the interval of its mean.

    For a share the interval is Wilson's for as many rows as the variance is worth; for an error it is Student's.
    """
    form, rows = METRICS[metric].forms[task.kind], len(truth)
    sides = [Answered(truth, answers, classes) for answers in way.answers]
    values = np.array([form.value(answered) for answered in sides])
    mean = float(values.mean())
    own = form.interval(sides[0]) if form.interval else None
    if own is None or not np.isfinite(mean) or not np.isfinite(own).all():  # these rows carry none
        return Spread(tuple(values.tolist()), mean, None)
    if len(sides) == 1:
        return Spread(tuple(values.tolist()), mean, (own[0], own[1]) if way.fixed else None)
    if form.influence is None:
        return Spread(tuple(values.tolist()), mean, None)
    influences = np.stack([form.influence(answered) for answered in sides])  # (models, rows)
    parts = [_of_rows(influences.mean(axis=0))]
    parts += [] if way.fixed else [_of_seeds(values, influences)]
    error, freedom = _together(parts, _unseen(metric, rows))
    from scipy.stats import t

    quantile = float(t.ppf(0.975, freedom))
    if METRICS[metric].share and 0 < mean < 1:
        low, high = share_interval(mean, mean * (1 - mean) / error**2, quantile)
    elif METRICS[metric].share:
        low, high = share_interval(mean, rows, quantile)
    else:
        low, high = mean - quantile * error, mean + quantile * error
    return Spread(tuple(values.tolist()), mean, (low, high))


def _of_rows(influence: np.ndarray) -> tuple[float, float]:
    """Variance that the choice of the rows brings, and its degrees of freedom."""
    return float(np.var(influence, ddof=1)) / len(influence), len(influence) - 1.0


def _of_seeds(values: np.ndarray, influences: np.ndarray) -> tuple[float, float]:
    """Variance that the choice of the seeds brings to a mean over them, and its degrees of freedom.

    What of the seeds' spread is due to the rows alone, on which each model is right and wrong in its own way, counts in the part of
    the rows already and is taken off.

    Args:
        values: (models,).
        influences: (models, rows).
    """
    models, rows = influences.shape
    own = influences - influences.mean(axis=0)
    by_rows = float(np.sum(own**2)) / ((models - 1) * (rows - 1)) / rows
    return max(0.0, float(np.var(values, ddof=1)) - by_rows) / models, models - 1.0


def _unseen(metric: str, rows: int) -> float:
    """Variance that rows which were not drawn could hold though these show none; 0 where nothing bounds it."""
    return (Z / (rows + Z**2)) ** 2 if METRICS[metric].share else 0.0


def _together(parts: Sequence[tuple[float, float]], unseen: float) -> tuple[float, float]:
    """Standard error and degrees of freedom of a sum of estimated variances."""
    total = sum(variance for variance, _ in parts)
    below = sum(variance**2 / freedom for variance, freedom in parts)
    freedom = total**2 / below if below > 0 else float("inf")
    return float(np.sqrt(total + unseen)), max(freedom, 1.0)
