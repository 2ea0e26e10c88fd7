"""Near duplicates: texts that share most of their words, found in time that grows with the rows, not with the pairs.

Each text becomes the set of its words and word pairs (single characters in scripts without blanks). MinHash signatures of these sets
are cut into bands; texts that agree in a whole band are candidates, and each candidate pair is then measured exactly.

Source: Broder, 1997, On the resemblance and containment of documents; banding as in Leskovec, Rajaraman, Ullman,
Mining of Massive Datasets, chapter 3.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from scipy.sparse import csr_matrix

from core.data.cleaning.texts import words_of

Progress = Callable[[int, int], None]

THRESHOLD = 0.8  # share of words and word pairs that two near duplicates have in common
BANDS, WIDTH = 16, 5  # a pair at 0.8 is met with a chance of 99.8 %, at 0.5 with 40 %
CHUNK = 5000  # texts whose word hashes are in memory at once
WHOLE = 20  # buckets up to this size are compared pair by pair, larger ones with their first members
PRIME = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class NearPairs:
    """Pairs of positions with ``first < second``, and their Jaccard similarity.

    Attributes:
        first, second: (pairs,) int64.
        similarity: (pairs,) float32, from the threshold to 1.
    """

    first: np.ndarray
    second: np.ndarray
    similarity: np.ndarray


def near_pairs(texts: Sequence[str], threshold: float = THRESHOLD, progress: Progress | None = None) -> NearPairs:
    """Pairs of texts whose words and word pairs agree to at least ``threshold`` (Jaccard).

    Texts without any word are passed over. In a bucket of more than 20 candidates every text is compared with the first
    20 only, so that a thousand copies of a form letter cost a thousand comparisons rather than half a million.

    Args:
        texts: preferably distinct; exact copies are better collapsed first.
        threshold: tuned for 0.7 and more; below that some pairs are missed.
    """
    signatures = np.empty((len(texts), BANDS * WIDTH), dtype=np.uint32)
    filled = np.zeros(len(texts), dtype=bool)
    multipliers, shifts = _permutations()
    for start, shingles, offsets in _shingled(texts):
        stop = start + len(offsets) - 1
        filled[start:stop] = np.diff(offsets) > 0
        present = np.flatnonzero(np.diff(offsets) > 0)
        if len(present):
            for column in range(BANDS * WIDTH):
                values = ((shingles * multipliers[column] + shifts[column]) >> np.uint64(32)).astype(np.uint32)
                signatures[start + present, column] = np.minimum.reduceat(values, offsets[present])
        if progress:
            progress(stop, len(texts))
    pairs = _candidates(signatures, np.flatnonzero(filled))
    agreement = (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(axis=1)
    pairs = pairs[agreement >= threshold - 0.15]  # an estimate of the similarity, cheap, with a margin
    similarity = _jaccard(texts, pairs)
    near = similarity >= threshold
    return NearPairs(pairs[near, 0], pairs[near, 1], similarity[near])


def repeats(pairs: NearPairs, rank: np.ndarray) -> np.ndarray:
    """(rows,) bool: rows that are near to a row that is kept. The row with the lowest rank of each group is kept.

    Args:
        rank: (rows,) int64, distinct; lower is kept first.
    """
    flip = rank[pairs.first] > rank[pairs.second]
    better, worse = np.where(flip, pairs.second, pairs.first), np.where(flip, pairs.first, pairs.second)
    dropped = np.zeros(len(rank), dtype=bool)
    for pair in np.argsort(rank[worse], kind="stable"):  # the better one of each pair is decided before the worse one
        if not dropped[better[pair]]:
            dropped[worse[pair]] = True
    return dropped


def _permutations() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    size = BANDS * WIDTH
    odd = random.integers(0, 2**63, size, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    return odd, random.integers(0, 2**63, size, dtype=np.uint64)


def _shingled(texts: Sequence[str]) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Chunks of (first text, hashes of words and word pairs, offsets of each text in them)."""
    numbers: dict[str, int] = defaultdict(count(1).__next__)
    for start in range(0, len(texts), CHUNK):
        ids: list[int] = []
        lengths: list[int] = []
        for text in texts[start : start + CHUNK]:
            words = words_of(text)
            lengths.append(len(words))
            ids.extend(map(numbers.__getitem__, words))
        word = np.asarray(ids, dtype=np.uint64)
        ends = np.cumsum(lengths)
        pair = np.empty_like(word)
        if len(word):
            pair[:-1] = word[:-1] * np.uint64(2**32) + word[1:]
            last = ends[np.asarray(lengths) > 0] - 1
            pair[last] = word[last]  # a text's last word has no successor: counted twice, which a set does not mind
        both = np.stack([word, pair], axis=1).ravel()
        yield start, _mixed(both), np.concatenate([[0], 2 * ends])


def _mixed(values: np.ndarray) -> np.ndarray:
    """Well-spread 64-bit hashes (the finaliser of splitmix64: Steele, Lea, Flood, 2014)."""
    values = values * PRIME
    values ^= values >> np.uint64(30)
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _candidates(signatures: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(pairs, 2) int64, first < second: rows that agree in at least one whole band."""
    most = int(rows.max()) + 1 if len(rows) else 1
    pairs: list[np.ndarray] = [np.empty(0, dtype=np.int64)]  # both rows of a pair as one number: quick to sort
    for band in range(BANDS):
        part = np.ascontiguousarray(signatures[rows, band * WIDTH : (band + 1) * WIDTH]).astype(np.uint64)
        key = np.zeros(len(rows), dtype=np.uint64)
        for column in range(WIDTH):
            key = _mixed(key + part[:, column] + np.uint64(1))
        order = np.argsort(key, kind="stable")
        edges = np.flatnonzero(np.diff(key[order])) + 1
        starts = np.concatenate([[0], edges])
        sizes = np.diff(np.concatenate([starts, [len(rows)]]))
        start = np.repeat(starts, sizes)  # of the bucket that each place of the order is in
        rank = np.arange(len(rows)) - start  # within it
        members = rows[order]
        for first in range(WHOLE):  # each member with the one of this rank before it, in all buckets at once
            later = np.flatnonzero(rank > first)
            if not len(later):
                break
            pairs.append(members[start[later] + first] * most + members[later])
    numbers = np.unique(np.concatenate(pairs))
    return np.stack([numbers // most, numbers % most], axis=1)


def _jaccard(texts: Sequence[str], pairs: np.ndarray) -> np.ndarray:
    """(pairs,) float32, exact: common words and word pairs as a share of all that either text has."""
    rows = np.unique(pairs)
    if not len(rows):
        return np.zeros(0, dtype=np.float32)
    columns, offsets = [], [np.zeros(1, dtype=np.int64)]
    for _, shingles, inner in _shingled([texts[row] for row in rows]):
        columns.append(shingles)
        offsets.append(inner[1:] + offsets[-1][-1])
    names, column = np.unique(np.concatenate(columns), return_inverse=True)
    sets = csr_matrix(
        (np.ones(len(column), np.float32), column, np.concatenate(offsets)), shape=(len(rows), len(names))
    )
    sets.sum_duplicates()
    sets.data[:] = 1
    sizes = np.asarray(sets.sum(axis=1)).ravel()
    first, second = np.searchsorted(rows, pairs[:, 0]), np.searchsorted(rows, pairs[:, 1])
    similarity = np.empty(len(pairs), dtype=np.float32)
    for start in range(0, len(pairs), 10_000):
        one, two = first[start : start + 10_000], second[start : start + 10_000]
        common = np.asarray(sets[one].multiply(sets[two]).sum(axis=1)).ravel()
        similarity[start : start + 10_000] = common / (sizes[one] + sizes[two] - common)
    return similarity
