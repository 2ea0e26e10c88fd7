"""Counted words as a model: TF-IDF and a linear layer on it, as plain arrays that can be kept without any code in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.tasks import TASKS

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

BY_WORDS: dict[str, Any] = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
BY_CHARACTERS: dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 3)}
CHUNK = 2000  # rows whose counts are held at once


def vectorizer(by_characters: bool, **settings: Any) -> "TfidfVectorizer":
    """TF-IDF over words and word pairs, or over up to three characters in a row."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, **(BY_CHARACTERS if by_characters else BY_WORDS), **settings)


@dataclass(frozen=True)
class CountedWords:
    """What was learnt from counted words; called with texts it gives their outputs.

    Attributes:
        kind: of the task: single_label, multi_label or regression.
        always: (outputs,) float64, what is answered before any word is read, where nothing could be learnt of an output.
        by_characters: whether characters are counted in place of words.
        terms: (terms,) what is counted, in the order of the weights; none where nothing could be learnt.
        idf: (terms,) float64, the weight of each before it is counted.
        learnt: (learnt,) int64, numbers of the outputs that the weights are about, ascending.
        weights, bias: (learnt, terms) and (learnt,) float64.
    """

    kind: str
    always: np.ndarray
    by_characters: bool
    terms: tuple[str, ...]
    idf: np.ndarray
    learnt: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def nothing(cls, kind: str, always: np.ndarray) -> "CountedWords":
        """The model that answers alike whatever it reads."""
        none = np.zeros(0)
        return cls(kind, always, False, (), none, none.astype(np.int64), np.zeros((0, 0)), none)

    @cached_property
    def words(self) -> "TfidfVectorizer":
        """What counts: the terms and their idf as they were learnt."""
        words = vectorizer(self.by_characters, vocabulary={term: at for at, term in enumerate(self.terms)})
        words.idf_ = self.idf
        return words

    def counts(self, texts: Sequence[str]) -> "csr_matrix":
        """(texts, terms) tf-idf, each row of length 1 where it has a known term at all."""
        return self.words.transform(texts)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities (texts, classes) or (texts, labels), or scores (texts,), float64."""
        parts = [self._outputs(texts[start : start + CHUNK]) for start in range(0, max(1, len(texts)), CHUNK)]
        return np.concatenate(parts)

    def _outputs(self, texts: Sequence[str]) -> np.ndarray:
        outputs = np.tile(self.always, (len(texts), 1))
        if len(texts) and len(self.learnt):
            told = self.counts(texts) @ self.weights.T + self.bias
            outputs[:, self.learnt] = _MEANING[self.kind](told)
        return outputs[:, 0] if self.kind == "regression" else outputs

    def as_json(self) -> dict[str, Any]:
        """What is no number of it; ``arrays`` has the rest."""
        return {"kind": self.kind, "by_characters": self.by_characters, "terms": list(self.terms)}

    def arrays(self) -> dict[str, np.ndarray]:
        """The numbers of it, by name."""
        return {name: getattr(self, name) for name in ("always", "idf", "learnt", "weights", "bias")}

    @classmethod
    def from_parts(cls, described: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "CountedWords":
        """As ``as_json`` and ``arrays`` gave it.

        Raises:
            ValueError: when the parts do not fit together.
            KeyError: when one is missing.
        """
        terms, kind = tuple(described["terms"]), described["kind"]
        kept = {name: np.asarray(arrays[name]) for name in ("always", "idf", "learnt", "weights", "bias")}
        outputs, learnt = len(kept["always"]), kept["learnt"]
        shapes = {"always": (outputs,), "idf": (len(terms),), "learnt": (len(learnt),), "bias": (len(learnt),)}
        fits = all(kept[name].shape == shape for name, shape in shapes.items())
        if not fits or kept["weights"].shape != (len(learnt), len(terms)) or kind not in TASKS:
            raise ValueError("its parts do not fit together")
        if not all(isinstance(term, str) for term in terms) or len(set(terms)) != len(terms):
            raise ValueError("its terms are no list of different texts")
        if not all(np.isfinite(part).all() for part in kept.values()) or not set(learnt.tolist()) <= set(
            range(outputs)
        ):
            raise ValueError("its numbers are not those of a model")
        return cls(kind, by_characters=bool(described["by_characters"]), terms=terms, **kept)


def _softmax(told: np.ndarray) -> np.ndarray:
    grown = np.exp(told - told.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def _sigmoid(told: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(told, -500, 500)))


_MEANING: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "single_label": _softmax,
    "multi_label": _sigmoid,
    "regression": np.asarray,
}
