"""Transferability scores: how well frozen features already separate the classes. Arrays in, numbers out."""

import numpy as np
from sklearn.covariance import ledoit_wolf
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.threads import one_thread

FOLDS = 5
TINY = 1e-12


def h_score(features: np.ndarray, labels: np.ndarray) -> float:
    """Shrinkage H-score: variance between the class means in units of the whole covariance; higher is better.

    ``tr(pinv(C_a) (1 - a) B)``: C_a the covariance of the features with Ledoit-Wolf shrinkage a, B the covariance of
    the class means. It grows with classes and with width, so compare it on the same rows only.

    Args:
        features: (rows, width).
        labels: (rows,) class numbers.

    Source: Bao et al., 2019; shrinkage after Ibrahim, Ponomareva, Mazumder, 2021, Newer is not always better.
    """
    x = _centred(features)  # (rows, width)
    if not x.any():
        return 0.0
    covariance, shrinkage = ledoit_wolf(x, assume_centered=True)  # (width, width), 0..1
    _, codes = np.unique(labels, return_inverse=True)
    counts = np.bincount(codes)  # (classes,)
    means = np.stack([x[codes == code].mean(axis=0) for code in range(len(counts))])  # (classes, width)
    between = (means.T * counts / len(x)) @ means  # (width, width)
    return float(np.trace(np.linalg.pinv(covariance, hermitian=True) @ between) * (1 - shrinkage))


def logme(features: np.ndarray, labels: np.ndarray, rounds: int = 100) -> float:
    """Log evidence, in nats a row, of a Bayesian linear model of each class against the rest; the mean over classes.

    Higher is better. For each class the weights' precision alpha and the noise's precision beta are those that
    maximise the evidence, found by a fixed point on the singular values of the features.

    Args:
        features: (rows, width).
        labels: (rows,) class numbers, of two classes at least.
        rounds: at most this many steps of the fixed point.

    Source: You et al., 2021, LogME: practical assessment of pre-trained models for transfer learning. The authors'
    code counts ``width / 2 * log(alpha)`` although only min(rows, width) directions exist; here the directions count,
    so that encoders of different width can be compared on few rows.
    """
    x = _centred(features)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    real = s > 1e-10 * max(float(s.max(initial=0.0)), TINY)  # centring leaves one empty direction where rows < width
    directions, squares = u[:, real], s[real] ** 2  # (rows, rank), (rank,)
    evidence = []
    for label in np.unique(labels):
        y = (labels == label).astype(np.float64)
        evidence.append(_evidence(directions, squares, y - y.mean(), rounds))  # centred as x is: the model's intercept
    return float(np.mean(evidence))


def probe_score(features: np.ndarray, labels: np.ndarray, seed: int = 42) -> float:
    """Cross-validated accuracy (0..1) of a logistic regression on the features: the most readable of the scores.

    Args:
        features: (rows, width); each column is standardised inside each fold.
        labels: (rows,) class numbers; a class with a single row is left out, since it can't be both learnt and tested.
        seed: of the folds: 5, or as many as the smallest class has rows.

    Raises:
        ValueError: when fewer than two classes have two rows.
    """
    names, counts = np.unique(labels, return_counts=True)
    usable = counts >= 2
    if usable.sum() < 2:
        raise ValueError("a probe needs two classes with two rows each")
    probed = np.isin(labels, names[usable])
    folds = StratifiedKFold(min(FOLDS, int(counts[usable].min())), shuffle=True, random_state=seed)
    # C below 1: with a few hundred rows and as many columns the plain regression would learn the rows by heart
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    with one_thread():
        return float(cross_val_score(model, features[probed].astype(np.float64), labels[probed], cv=folds).mean())


def _centred(features: np.ndarray) -> np.ndarray:
    """(rows, width) float64 with mean 0 in each column and spread 1 overall; all 0 where the rows do not differ."""
    x = features.astype(np.float64)
    size = float(np.abs(x).max(initial=0.0))
    x -= x.mean(axis=0)
    spread = float(x.std())
    return x / spread if spread > 1e-9 * size else np.zeros_like(x)  # below that, only rounding is left


def _evidence(directions: np.ndarray, squares: np.ndarray, y: np.ndarray, rounds: int) -> float:
    """Greatest log evidence a row of ``y``, (rows,), given left singular vectors and squared singular values."""
    rank = directions.shape[1]
    rows = len(y) - 1  # the intercept takes one: left in, that direction would look like a row without any noise
    projected = directions.T @ y  # (rank,)
    outside = max(float(y @ y - projected @ projected), 0.0)  # what no weights can explain
    alpha, beta = 1.0, 1.0
    for _ in range(rounds):
        ratio = alpha / beta
        effective = float(np.sum(squares / (squares + ratio)))  # weights that the rows decide
        weights = float(np.sum(squares * projected**2 / (squares + ratio) ** 2))  # squared length of the mean weights
        residual = float(np.sum((ratio * projected / (squares + ratio)) ** 2)) + outside
        alpha = max(effective / (weights + TINY), TINY)
        beta = (rows - effective) / (residual + TINY)
        if abs(alpha / beta - ratio) < 1e-4 * ratio:
            break
    evidence = rank * np.log(alpha) + rows * np.log(beta) - np.sum(np.log(alpha + beta * squares))
    return float(evidence - beta * residual - alpha * weights - rows * np.log(2 * np.pi)) / (2 * rows)
