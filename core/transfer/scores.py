"""Transferability scores: how well frozen features already separate the classes. Arrays in, numbers out."""

from collections.abc import Callable, Sequence

import numpy as np

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
    from sklearn.covariance import ledoit_wolf

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
    return _logme_of(features, [(labels == label).astype(np.float64) for label in np.unique(labels)], rounds)


def _logme_of(features: np.ndarray, targets: Sequence[np.ndarray], rounds: int) -> float:
    """Mean evidence over (rows,) targets, each on the same features."""
    x = _centred(features)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    real = s > 1e-10 * max(float(s.max(initial=0.0)), TINY)  # centring leaves one empty direction where rows < width
    directions, squares = u[:, real], s[real] ** 2  # (rows, rank), (rank,)
    # centred as x is: the model's intercept
    return float(np.mean([_evidence(directions, squares, y - y.mean(), rounds) for y in targets]))


def knn_score(features: np.ndarray, labels: np.ndarray, neighbours: int = 5) -> float:
    """Share of rows (0..1) whose class is that of most of their nearest other rows, by cosine of the centred features.

    Args:
        features: (rows, width).
        labels: (rows,) class numbers.
    """
    x = _centred(features)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), TINY)
    classes, codes = np.unique(labels, return_inverse=True)
    right = 0
    for start in range(0, len(x), 500):  # rows against all, some at a time
        near = x[start : start + 500] @ x.T
        near[np.arange(len(near)), start + np.arange(len(near))] = -np.inf  # a row is no neighbour of its own
        nearest = np.argpartition(-near, min(neighbours, len(x) - 1) - 1, axis=1)[:, :neighbours]
        votes = np.zeros((len(near), len(classes)))
        for place in range(nearest.shape[1]):  # the nearer of equals decides a draw
            rows = np.arange(len(near))
            votes[rows, codes[nearest[:, place]]] += 1 + 1e-3 * near[rows, nearest[:, place]]
        right += int(np.sum(votes.argmax(axis=1) == codes[start : start + len(near)]))
    return right / len(x)


def leep(source_probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Log likelihood a row, in nats, of the labels by way of the classes that a source's own head sees in the texts; higher is better.

    Args:
        source_probabilities: (rows, source classes), each row summing to 1.
        labels: (rows,) class numbers.

    Source: Nguyen et al., 2020, LEEP: a new measure to evaluate transferability of learned representations.
    """
    _, codes = np.unique(labels, return_inverse=True)
    joint = np.zeros((codes.max() + 1, source_probabilities.shape[1]))
    np.add.at(joint, codes, source_probabilities / len(codes))
    given = joint / np.maximum(joint.sum(axis=0, keepdims=True), TINY)  # of each class, given the source's class
    expected = (source_probabilities @ given.T)[np.arange(len(codes)), codes]
    return float(np.mean(np.log(np.maximum(expected, TINY))))


def several(score: Callable[[np.ndarray, np.ndarray], float], features: np.ndarray, targets: np.ndarray) -> float:
    """A score for one label a row, over several labels a row: the mean over the labels that some rows have and some lack.

    Args:
        targets: (rows, labels) 0 and 1.
    """
    told = [score(features, column) for column in targets.T.astype(np.int64) if 2 <= column.sum() <= len(column) - 2]
    if not told:
        raise ValueError("no label is there in two rows and lacking in two others")
    return float(np.mean(told))


def regression_logme(features: np.ndarray, targets: np.ndarray, rounds: int = 100) -> float:
    """LogME of scores: the log evidence of a Bayesian linear model, in nats a row.

    Args:
        targets: (rows,), in any unit: they are standardised.
    """
    return _logme_of(features, [(targets - targets.mean()) / max(float(targets.std()), TINY)], rounds)


def fifths(targets: np.ndarray) -> np.ndarray:
    """(rows,) class numbers of scores: in which fifth of all each lies, so that what knows classes alone can be asked."""
    edges = np.quantile(targets, [0.2, 0.4, 0.6, 0.8])
    return np.searchsorted(edges, targets, side="right")


def regression_probe(features: np.ndarray, targets: np.ndarray, seed: int = 42) -> float:
    """Cross-validated correlation (-1..1) of a ridge regression on the features with the scores."""
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), RidgeCV(np.logspace(1, 5, 9)))
    with one_thread():
        told = cross_val_predict(
            model, features.astype(np.float64), targets, cv=KFold(FOLDS, shuffle=True, random_state=seed)
        )
    return float(np.corrcoef(told, targets)[0, 1]) if told.std() > TINY and targets.std() > TINY else 0.0


def probe_score(features: np.ndarray, labels: np.ndarray, seed: int = 42) -> float:
    """Cross-validated accuracy (0..1) of a logistic regression on the features: the most readable of the scores.

    Args:
        features: (rows, width); each column is standardised inside each fold.
        labels: (rows,) class numbers; a class with a single row is left out, since it can't be both learnt and tested.
        seed: of the folds: 5, or as many as the smallest class has rows.

    Raises:
        ValueError: when fewer than two classes have two rows.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

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
