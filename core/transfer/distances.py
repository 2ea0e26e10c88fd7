"""Distances between two domains, from their texts alone: what a loss across domains may be foreseen by.

All are 0 for domains that cannot be told apart. They take arrays and texts, not files.
"""

from collections.abc import Sequence

import numpy as np

MOST_TEXTS = 1000  # of a domain that are looked at
FOLDS = 3


def vocabulary_divergence(a: Sequence[str], b: Sequence[str]) -> float:
    """Jensen-Shannon divergence of the words' shares, in bits: 0 for the same use of words, 1 for no word in common.

    Source: Lin, 1991, Divergence measures based on the Shannon entropy.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(token_pattern=r"(?u)\w+").fit_transform([*a, *b])
    shares = [np.asarray(part.sum(axis=0), dtype=np.float64).ravel() for part in (counts[: len(a)], counts[len(a) :])]
    return jensen_shannon(*(share / max(1.0, share.sum()) for share in shares))


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
    """In bits, of two distributions (words,)."""
    middle = (p + q) / 2

    def divergence(one: np.ndarray) -> float:
        there = one > 0
        return float(np.sum(one[there] * np.log2(one[there] / middle[there])))

    return max(0.0, (divergence(p) + divergence(q)) / 2)


def proxy_a_distance(a: Sequence[str], b: Sequence[str], seed: int = 0) -> float:
    """2 (1 - 2 error) of a linear classifier that tells the domains apart by their words, cross-validated: 0 where it guesses, 2
    where it is never wrong; not below 0.

    Source: Ben-David et al., 2007, Analysis of representations for domain adaptation, with the classifier of Glorot et al., 2011.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    truth = np.repeat([0, 1], [len(a), len(b)])
    if min(len(a), len(b)) < FOLDS:
        return 0.0
    words = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, token_pattern=r"(?u)\w+"), LogisticRegression(max_iter=300, class_weight="balanced")
    )  # fmt: skip
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    said = cross_val_predict(words, [*a, *b], truth, cv=folds)
    error = np.mean(
        [np.mean(said[truth == side] != side) for side in (0, 1)]
    )  # sides of different sizes count the same
    return max(0.0, float(2 * (1 - 2 * error)))


def mean_discrepancy(a: np.ndarray, b: np.ndarray) -> float:
    """Maximum mean discrepancy of features with a Gaussian kernel, its width the median distance, as an unbiased square's root.

    Args:
        a, b: (texts, width) features.

    Source: Gretton et al., 2012, A kernel two-sample test, equation 3.
    """
    if min(len(a), len(b)) < 2:
        return 0.0
    both = np.concatenate([a, b]).astype(np.float64)
    squares = np.sum(both**2, axis=1)
    apart = np.maximum(squares[:, None] + squares[None, :] - 2 * both @ both.T, 0.0)
    width = float(np.median(apart[np.triu_indices(len(both), 1)]))
    kernel = np.exp(-apart / width) if width > 0 else np.ones_like(apart)
    first, second = kernel[: len(a), : len(a)], kernel[len(a) :, len(a) :]
    inner = sum((part.sum() - np.trace(part)) / (len(part) * (len(part) - 1)) for part in (first, second))
    return float(np.sqrt(max(0.0, inner - 2 * kernel[: len(a), len(a) :].mean())))
