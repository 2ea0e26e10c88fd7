"""Scores: how far they are off, and how well they and their order go together with the true ones."""

import numpy as np

from core.metrics.means import of_means
from core.metrics.metric import Answered, Metric


def score_parts(answered: Answered) -> np.ndarray:
    """(rows, 12) float64: squared and absolute error, then what two correlations need, of scores and of their ranks."""
    from scipy.stats import rankdata

    truth, predicted = (np.asarray(scores, dtype=np.float64) for scores in (answered.truth, answered.answers))
    error = predicted - truth
    middle, scale = truth.mean(), truth.std() or 1.0  # correlations do not change, and sums of squares stay exact
    sides = [(truth - middle) / scale, (predicted - middle) / scale]
    ranks = [rankdata(scores) / len(scores) - 0.5 for scores in (truth, predicted)]
    columns = [error**2, np.abs(error)]
    for x, y in (sides, ranks):
        columns += [x, y, x**2, y**2, x * y]
    return np.stack(columns, axis=1)


def _interval(answered: Answered, power: int) -> list[float] | None:
    """95 % interval of the mean size of errors, or of the root of their mean square, by Student's t on a log scale.

    Few large errors decide such a mean, and on the log scale its interval reaches further up than down. None where every row is
    off by the same.
    """
    from scipy.stats import t

    sizes = np.abs(np.asarray(answered.answers, dtype=np.float64) - answered.truth) ** power
    mean, rows = float(sizes.mean()), len(sizes)
    if rows < 2 or float(sizes.std()) <= 1e-9 * mean:
        return None
    reach = float(t.ppf(0.975, rows - 1) * sizes.std(ddof=1) / np.sqrt(rows) / mean)
    return [float((mean * np.exp(sign * reach)) ** (1 / power)) for sign in (-1, 1)]


def _correlation(means: np.ndarray) -> np.ndarray:
    """(draws,) correlation from (draws, 5) means of x, y, x², y², xy; NaN where a side does not vary."""
    x, y, xx, yy, xy = means.T
    spread_x, spread_y = np.maximum(xx - x**2, 0), np.maximum(yy - y**2, 0)
    varies = (spread_x > 1e-12) & (spread_y > 1e-12)
    below = np.sqrt(np.where(varies, spread_x * spread_y, 1.0))
    return np.where(varies, np.clip((xy - x * y) / below, -1.0, 1.0), np.nan)


RMSE = Metric(
    "rmse",
    "RMSE",
    "Root of the mean squared error, in the units of the score: large errors weigh more, and rare ones that these rows do not "
    "hold would raise it.",
    {
        "regression": of_means(
            score_parts,
            lambda means: np.sqrt(means[:, 0]),
            share=False,
            interval=lambda answered: _interval(answered, power=2),
        )
    },
    higher=False,
    in_units=True,
    share=False,
)
MAE = Metric(
    "mae",
    "MAE",
    "Mean size of the error, in the units of the score.",
    {
        "regression": of_means(
            score_parts, lambda means: means[:, 1], share=False, interval=lambda answered: _interval(answered, power=1)
        )
    },
    higher=False,
    in_units=True,
    share=False,
)
PEARSON = Metric(
    "pearson",
    "Pearson r",
    "How closely predicted and true scores lie on a line: 1 is perfect, 0 is none.",
    {"regression": of_means(score_parts, lambda means: _correlation(means[:, 2:7]), share=False)},
    share=False,
    tested=False,
)
SPEARMAN = Metric(
    "spearman",
    "Spearman ρ",
    "How well the order of the scores is kept: 1 is perfect, 0 is none.",
    # ranks are those among all rows, also in a draw: what a draw changes in them is small beside the interval
    {"regression": of_means(score_parts, lambda means: _correlation(means[:, 7:12]), share=False)},
    share=False,
    tested=False,
)
