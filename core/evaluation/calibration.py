"""Calibration: probabilities that are right as often as they say."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

COLDEST, HOTTEST = 0.05, 20.0  # temperatures that are looked at


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """What logits are divided by, so that held-out rows are most probable (temperature scaling; Guo et al., 2017,
    https://arxiv.org/abs/1706.04599). Above 1 the model was too sure; the class that it answers stays the same.

    Args:
        logits: (rows, classes) raw scores.
        truth: (rows,) class numbers.

    Returns:
        1 where there are no rows.
    """
    if not len(truth):
        return 1.0
    rows, wide = np.arange(len(truth)), logits.astype(np.float64)

    def cost(log_temperature: float) -> float:
        return -float(log_softmax(wide / np.exp(log_temperature), axis=1)[rows, truth].mean())

    found = minimize_scalar(cost, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def calibrated(logits: np.ndarray, temperature: float) -> np.ndarray:
    """(rows, classes) probabilities."""
    return np.asarray(softmax(logits.astype(np.float64) / temperature, axis=1))
