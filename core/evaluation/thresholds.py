"""Several labels a row: the probability from which each label is given."""

import numpy as np

FEWEST = 5  # true rows below which a label's own threshold would be chance; the threshold of all labels is used
MOST_GIVEN = 2.0  # a label is given at most so many times as often as it is true: for a label that a model cannot tell
# yet, F1 would be highest when every row gets it
EVEN = 0.5  # the threshold where there is nothing to choose by


def choose_thresholds(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(labels,) float64: the probability from which each label is given, best for its F1 on these rows.

    A label with too few true rows gets the one threshold that is best for micro-F1 over all labels.

    Args:
        truth: (rows, labels) 0 and 1.
        probabilities: (rows, labels) in 0..1.
    """
    labels = probabilities.shape[1]
    true = truth.sum(axis=0)
    if not len(truth) or not truth.any():
        return np.full(labels, EVEN)
    shared = _best_threshold(truth.ravel(), probabilities.ravel())
    return np.array(
        [
            _best_threshold(truth[:, label], probabilities[:, label]) if true[label] >= FEWEST else shared
            for label in range(labels)
        ]
    )


def _best_threshold(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """The middle of the gap between two probabilities at which F1 is highest."""
    order = np.argsort(-probabilities, kind="stable")
    sorted_truth, sorted_shares = truth[order].astype(np.float64), probabilities[order].astype(np.float64)
    right = np.cumsum(sorted_truth)
    f1 = 2 * right / (np.arange(1, len(truth) + 1) + right[-1])
    ends = np.append(sorted_shares[:-1] > sorted_shares[1:], True)  # equal probabilities cannot be told apart
    ends &= np.arange(1, len(truth) + 1) <= max(1.0, MOST_GIVEN * right[-1])
    if not ends.any():  # equal probabilities for more rows than may get the label: none gets it
        return float((1 + sorted_shares[0]) / 2)
    best = int(np.argmax(np.where(ends, f1, -1.0)))
    below = sorted_shares[best + 1] if best + 1 < len(truth) else 0.0
    return float((sorted_shares[best] + below) / 2)
