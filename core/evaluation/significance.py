"""Whether one classifier is truly better than another on the same rows."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from core.evaluation.metrics import macro_f1

DRAWS = 1000
FEWEST_ROWS = 30  # below this, hardly any difference could be shown


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A difference ``a - b`` with its 95 % interval, p-value and verdict (real, not_shown, too_few_rows)."""

    metric: str
    difference: float
    interval: tuple[float, float]
    p: float
    verdict: str
    rows: int


def paired_accuracy(truth: np.ndarray, a: np.ndarray, b: np.ndarray, seed: int = 0) -> PairedTest:
    """Exact McNemar test of two sets of predictions on the same rows; the interval is a paired bootstrap.

    Args:
        truth, a, b: (rows,) class numbers.

    Source: Dietterich, 1998, Approximate statistical tests for comparing supervised classification algorithms.
    """
    right_a, right_b = a == truth, b == truth
    only_a, only_b = int(np.sum(right_a & ~right_b)), int(np.sum(right_b & ~right_a))
    p = binomtest(only_a, only_a + only_b, 0.5).pvalue if only_a + only_b else 1.0
    # rows fall into three sorts, so resampling rows is one multinomial draw
    rows = len(truth)
    shares = [only_a / rows, only_b / rows, 1 - (only_a + only_b) / rows]
    draws = np.random.default_rng(seed).multinomial(rows, shares, size=DRAWS)
    low, high = np.percentile((draws[:, 0] - draws[:, 1]) / rows, [2.5, 97.5])
    difference = (only_a - only_b) / rows
    return PairedTest("accuracy", difference, (float(low), float(high)), float(p), verdict(p, rows), rows)


def paired_macro_f1(truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int, seed: int = 0) -> PairedTest:
    """Macro-F1 of two sets of predictions: paired bootstrap interval, p by exchanging the two row by row.

    Source: Berg-Kirkpatrick, Burkett, Klein, 2012, An empirical investigation of statistical significance in NLP.
    """
    random = np.random.default_rng(seed)
    rows = len(truth)
    observed = macro_f1(truth, a, classes) - macro_f1(truth, b, classes)
    gains, swapped = np.empty(DRAWS), np.empty(DRAWS)
    for draw in range(DRAWS):
        rows_drawn = random.integers(0, rows, rows)
        gains[draw] = _gap(truth[rows_drawn], a[rows_drawn], b[rows_drawn], classes)
        exchange = random.random(rows) < 0.5
        swapped[draw] = _gap(truth, np.where(exchange, b, a), np.where(exchange, a, b), classes)
    p = float((np.sum(np.abs(swapped) >= abs(observed) - 1e-12) + 1) / (DRAWS + 1))
    low, high = np.percentile(gains, [2.5, 97.5])
    return PairedTest("macro_f1", observed, (float(low), float(high)), p, verdict(p, rows), rows)


def holm(p_values: list[float]) -> list[float]:
    """p-values corrected for the number of comparisons (Holm, 1979), in the given order."""
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


def _gap(truth: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int) -> float:
    return macro_f1(truth, a, classes) - macro_f1(truth, b, classes)
