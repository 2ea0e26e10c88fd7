"""Whether a text is like anything that was learnt from: its nearness to the training texts beside their nearness to each other.

Distance to the nearest neighbours in an encoder's space finds texts of another kind without any example of them. Source: Sun et al.,
Out-of-distribution detection with deep nearest neighbors, ICML 2022.
"""

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 5  # training texts that a text is compared with: a single one would make every near copy the measure
FEWEST = 30  # training texts below which their own distances say too little
UNLIKE = (
    0.95  # share of the training texts that are nearer to the others than this text is, from which it counts as unlike
)
_BLOCK = 500  # texts that are compared at once


@dataclass(frozen=True, slots=True)
class Known:
    """The training texts as an encoder reads them.

    Attributes:
        features: (rows, width) float32 of length 1.
        own: (rows,) distance of each to its nearest others, ascending.
    """

    features: np.ndarray
    own: np.ndarray


def know(features: np.ndarray) -> Known | None:
    """What is needed of the training texts; None where there are too few.

    Args:
        features: (rows, width) as an encoder gives them.
    """
    if len(features) < FEWEST:
        return None
    scaled = _unit(features)
    return Known(scaled, np.sort(_distances(scaled, scaled, itself=True)))


def strangeness(known: Known, features: np.ndarray) -> np.ndarray:
    """(rows,) the share of the training texts, 0..1, that lie nearer to the other training texts than each of these does.

    Args:
        features: (rows, width) of the texts in question, by the same encoder.
    """
    distances = _distances(_unit(features), known.features, itself=False)
    return np.searchsorted(known.own, distances, side="left") / len(known.own)


def _distances(texts: np.ndarray, others: np.ndarray, itself: bool) -> np.ndarray:
    """(rows,) one less the mean cosine with the nearest others.

    Args:
        itself: whether ``texts`` are the others, so that each is left out of its own neighbours.
    """
    count = min(NEIGHBOURS, len(others) - itself)
    found = []
    for start in range(0, len(texts), _BLOCK):
        cosine = texts[start : start + _BLOCK] @ others.T
        if itself:
            rows = np.arange(len(cosine))
            cosine[rows, start + rows] = -np.inf
        nearest = np.partition(cosine, len(others) - count, axis=1)[:, len(others) - count :]
        found.append(1 - nearest.mean(axis=1))
    return np.concatenate(found) if found else np.zeros(0)


def _unit(features: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, 1e-12), dtype=np.float32)
