"""Counted words at work, by numpy alone: no scikit-learn, no Graft. Reads counted_words.json and counted_words.npz.

This file is handed on with each export of a run that counts words, see ``core.export.self_contained``. It counts as
scikit-learn's ``TfidfVectorizer`` does with the settings that Graft gives it (sublinear counts, rows of length 1).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.evaluation.answers import decide, outputs_of, written

DESCRIBED, ARRAYS = "counted_words.json", "counted_words.npz"
BETWEEN = " \n "  # stands between the texts of a pair
LONGEST = 3  # characters in a row, where characters are counted
WORD, SPACE = re.compile(r"(?u)\b\w+\b"), re.compile(r"\s\s+")


class CountedModel:
    """A model in a folder of its own, ready to answer texts."""

    def __init__(self, folder: Path):
        self.described: dict[str, Any] = json.loads((folder / DESCRIBED).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            self.arrays = {name: arrays[name] for name in arrays.files}
        self.labels = tuple(self.described["labels"])
        thresholds = self.described["thresholds"]
        self.thresholds = None if thresholds is None else np.array(thresholds, dtype=np.float64)
        self.task: Any = SimpleNamespace(kind=self.described["kind"])
        self.numbers = {term: number for number, term in enumerate(self.described["terms"])}

    def predict(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> np.ndarray:
        """Probabilities (rows, classes) or (rows, labels), or scores (rows,), float64, in the order of ``texts``."""
        whole = texts if pairs is None else [f"{a}{BETWEEN}{b}" for a, b in zip(texts, pairs, strict=True)]
        outputs = np.tile(self.arrays["always"], (len(whole), 1))
        learnt = self.arrays["learnt"]
        if len(whole) and len(learnt):
            told = np.stack([self._told(text) for text in whole])
            meant = outputs_of(self.task, told)
            outputs[:, learnt] = meant.reshape(len(whole), -1)
        return outputs[:, 0] if self.task.kind == "regression" else outputs

    def answers(self, outputs: np.ndarray) -> np.ndarray:
        """(rows,) what the model says: a class, labels joined with ``|`` by their thresholds, or a score."""
        return written(self.task, decide(self.task, outputs, self.thresholds), self.labels)

    def _told(self, text: str) -> np.ndarray:
        """(learnt,) raw scores of one text."""
        counts = Counter(self.numbers[term] for term in self._terms(text.lower()) if term in self.numbers)
        terms = np.array(list(counts), dtype=np.int64)
        weights = (1.0 + np.log(np.array(list(counts.values()), dtype=np.float64))) * self.arrays["idf"][terms]
        length = np.sqrt((weights**2).sum())
        return self.arrays["weights"][:, terms] @ (weights / (length or 1.0)) + self.arrays["bias"]

    def _terms(self, text: str) -> Iterator[str]:
        if self.described["by_characters"]:
            text = SPACE.sub(" ", text)
            for size in range(1, LONGEST + 1):
                yield from (text[at : at + size] for at in range(len(text) - size + 1))
            return
        words = WORD.findall(text)
        yield from words
        yield from (f"{a} {b}" for a, b in pairwise(words))
