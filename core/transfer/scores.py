"""Transferability scores: how well frozen features already separate the classes. Arrays in, numbers out."""

import numpy as np
from sklearn.covariance import ledoit_wolf
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def h_score(features: np.ndarray, labels: np.ndarray) -> float:
    """Shrinkage H-score: variance between the class means in units of the whole covariance; higher is better.

    Args:
        features: (rows, width).
        labels: (rows,) class numbers.

    Source: Bao et al., 2019; shrinkage after Ibrahim, Ponomareva, Mazumder, 2021, Newer is not always better.
    """
    centred = features.astype(np.float64) - features.mean(axis=0)
    covariance, shrinkage = ledoit_wolf(centred, assume_centered=True)
    between = np.zeros_like(covariance)
    for label in np.unique(labels):
        members = centred[labels == label]
        mean = members.mean(axis=0)
        between += np.outer(mean, mean) * len(members) / len(centred)
    return float(np.trace(np.linalg.pinv(covariance, hermitian=True) @ between) * (1 - shrinkage))


def logme(features: np.ndarray, labels: np.ndarray, rounds: int = 30) -> float:
    """Log evidence a row of a Bayesian linear model of each class, averaged over the classes; higher is better.

    Args:
        features: (rows, width).
        labels: (rows,) class numbers.

    Source: You et al., 2021, LogME: practical assessment of pre-trained models for transfer learning. The width enters
    by the number of non-zero directions, so that encoders of different width can be compared on few rows.
    """
    x = features.astype(np.float64) - features.mean(axis=0)
    x /= x.std() + 1e-12
    rows = len(x)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    squares = s**2
    rank = len(squares)
    scores = []
    for label in np.unique(labels):
        y = (labels == label).astype(np.float64)
        projected = u.T @ y  # (rank,)
        outside = float(y @ y - projected @ projected)
        alpha, beta = 1.0, 1.0
        for _ in range(rounds):
            ratio = alpha / beta
            mean_square = float(np.sum(squares * projected**2 / (squares + ratio) ** 2))
            residual = float(np.sum((ratio * projected / (squares + ratio)) ** 2)) + max(outside, 0.0)
            effective = float(np.sum(squares / (squares + ratio)))
            alpha = effective / (mean_square + 1e-12)
            beta = (rows - effective) / (residual + 1e-12)
            if abs(alpha / beta - ratio) < 1e-4 * ratio:
                break
        evidence = rank * np.log(alpha) + rows * np.log(beta) - np.sum(np.log(alpha + beta * squares))
        evidence -= beta * residual + alpha * mean_square + rows * np.log(2 * np.pi)
        scores.append(0.5 * evidence / rows)
    return float(np.mean(scores))


def probe_score(features: np.ndarray, labels: np.ndarray, seed: int = 42) -> float:
    """Cross-validated accuracy (0..1) of a logistic regression on the features: the most readable of the scores."""
    smallest = int(np.bincount(labels)[np.unique(labels)].min())
    if smallest < 2:
        keep = np.isin(labels, np.flatnonzero(np.bincount(labels) >= 2))
        features, labels, smallest = features[keep], labels[keep], 2
    folds = StratifiedKFold(min(5, smallest), shuffle=True, random_state=seed)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    return float(cross_val_score(model, features, labels, cv=folds).mean())
