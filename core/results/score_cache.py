"""Scores that a model has given before: a text is read once, however often it is asked for."""

import hashlib
import threading
from collections.abc import Sequence
from itertools import islice

import numpy as np

from core.array_cache import ArrayCache

MOST_TEXTS = 200_000  # of one model; after that the newest are kept
MOST_BYTES = 512 * 2**20  # of all models together
KEY = 16  # bytes


class ScoreCache:
    """Raw scores by text of one model under one setting, in memory while it is used and on disk between uses.

    Args:
        name: whatever the scores depend on beside the text: model, max length, number format.
    """

    def __init__(self, name: str):
        self._arrays = ArrayCache("scores", MOST_BYTES)
        self._name = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
        saved = self._arrays.get(self._name)
        keys = np.asarray(saved["keys"]) if saved else np.empty((0, KEY), np.uint8)
        rows = np.array(saved["scores"]) if saved else np.empty((0, 0))
        self._scores = {bytes(key): row for key, row in zip(keys, rows, strict=True)}  # the oldest first
        self._new = False
        self._lock = threading.Lock()  # the pages of all visitors share one

    def recall(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> list[np.ndarray | None]:
        """The scores of each text, (classes,) float32 each; None for a text that was not read yet."""
        return [self._scores.get(key) for key in _keys(texts, pairs)]

    def learn(self, texts: Sequence[str], scores: np.ndarray, pairs: Sequence[str] | None = None) -> None:
        """Remember ``scores``, (texts, classes) float32; beyond 200,000 texts the oldest are forgotten."""
        with self._lock:
            for key, row in zip(_keys(texts, pairs), scores, strict=True):
                if key not in self._scores:
                    self._scores[key] = np.array(row, dtype=np.float32)
                    self._new = True
            for key in list(islice(self._scores, max(0, len(self._scores) - MOST_TEXTS))):
                del self._scores[key]

    def save(self) -> None:
        """Write what was learnt to disk, for the next process that loads this model."""
        if not self._new:
            return
        with self._lock:
            keys = np.frombuffer(b"".join(self._scores), dtype=np.uint8).reshape(-1, KEY)
            self._arrays.drop(self._name)
            self._arrays.put(self._name, {"keys": keys, "scores": np.stack(list(self._scores.values()))})
            self._new = False


def _keys(texts: Sequence[str], pairs: Sequence[str] | None) -> list[bytes]:
    second = pairs if pairs is not None else [None] * len(texts)
    return [_key(text, pair) for text, pair in zip(texts, second, strict=True)]


def _key(text: str, pair: str | None) -> bytes:
    exact = (
        f"{len(text)}:{text}" if pair is None else f"{len(text)}:{text}{pair}"
    )  # the length says where the pair begins
    return hashlib.blake2b(exact.encode("utf-8", "surrogatepass"), digest_size=KEY).digest()
