"""Scores: how far they are off, and how well their order is kept."""

from typing import Any

import numpy as np
from scipy.stats import rankdata

from core.evaluation import resampling
from core.evaluation.resampling import Statistic


def regression_metrics(truth: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    """RMSE and MAE in the units of the score, Pearson's and Spearman's correlation, and the mean error.

    A correlation is NaN where one side does not vary, as with a baseline that always says the same.

    Args:
        truth, predicted: (rows,) scores.
    """
    parts = score_parts(truth, predicted)
    found = {name: resampling.value(parts, statistic) for name, statistic in STATISTICS.items()}
    return found | {"mean_error": float(np.mean(predicted - truth, dtype=np.float64)), "spread": float(np.std(truth))}


def score_parts(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """(rows, 12) float64: squared and absolute error, then what two correlations need, of scores and of their ranks."""
    truth, predicted = np.asarray(truth, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    error = predicted - truth
    middle, scale = truth.mean(), truth.std() or 1.0  # correlations do not change, and sums of squares stay exact
    sides = [(truth - middle) / scale, (predicted - middle) / scale]
    ranks = [rankdata(each) / len(each) - 0.5 for each in (truth, predicted)]
    columns = [error**2, np.abs(error)]
    for first, second in (sides, ranks):
        columns += [first, second, first**2, second**2, first * second]
    return np.stack(columns, axis=1)


def _correlation(means: np.ndarray) -> np.ndarray:
    """(draws,) correlation from (draws, 5) means of x, y, x², y², xy; NaN where a side does not vary."""
    x, y, xx, yy, xy = means.T
    spread_x, spread_y = np.maximum(xx - x**2, 0), np.maximum(yy - y**2, 0)
    varies = (spread_x > 1e-12) & (spread_y > 1e-12)
    below = np.sqrt(np.where(varies, spread_x * spread_y, 1.0))
    return np.where(varies, np.clip((xy - x * y) / below, -1.0, 1.0), np.nan)


STATISTICS: dict[str, Statistic] = {
    "rmse": lambda means: np.sqrt(means[:, 0]),
    "mae": lambda means: means[:, 1],
    "pearson": lambda means: _correlation(means[:, 2:7]),
    # ranks are those among all rows, also in a draw: what a draw changes in them is small beside the interval
    "spearman": lambda means: _correlation(means[:, 7:12]),
}
