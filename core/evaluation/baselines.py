"""Baselines: what can be had without any transfer, on the same rows."""

from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

SENTENCES = {
    "majority": ("Majority class", "Always answers with the most frequent class of the training rows."),
    "tfidf": ("TF-IDF + logistic regression", "Counts words and word pairs; no language model, no transfer."),
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """Probabilities of a baseline on the evaluated rows: (rows, classes) float64, each row summing to 1."""

    name: str
    title: str
    sentence: str
    probabilities: np.ndarray


def majority(train_labels: np.ndarray, rows: int, classes: int) -> Baseline:
    """The class shares of the training rows, for every row alike; ties go to the first class."""
    shares = np.bincount(train_labels, minlength=classes) / len(train_labels)
    return Baseline("majority", *SENTENCES["majority"], np.tile(shares, (rows, 1)))


def tfidf(train_texts: list[str], train_labels: np.ndarray, texts: list[str], classes: int, seed: int) -> Baseline:
    """Words and word pairs weighted by TF-IDF, then logistic regression, untuned.

    Texts in scripts without blanks between words are counted by characters, which is the fair choice there.

    Args:
        train_texts: (train rows,) what the run was trained on.
        train_labels: (train rows,) class numbers.
        texts: (rows,) what the run is judged on.
    """
    if len(np.unique(train_labels)) < 2:  # nothing to separate
        return Baseline("tfidf", *SENTENCES["tfidf"], majority(train_labels, len(texts), classes).probabilities)
    by_characters = reads_by_characters(train_texts)
    shape: dict[str, object] = (
        {"analyzer": "char", "ngram_range": (1, 3)}
        if by_characters
        else {
            "ngram_range": (1, 2),
            "token_pattern": r"(?u)\b\w+\b",
        }
    )
    rare = 2 if len(train_texts) >= 200 else 1
    words = TfidfVectorizer(sublinear_tf=True, min_df=rare, max_features=200_000, **shape)
    model = make_pipeline(words, LogisticRegression(max_iter=1000, C=4.0, random_state=seed))
    try:
        model.fit(train_texts, train_labels)
    except ValueError as error:
        if "vocabulary" not in str(error) and "no terms remain" not in str(error).lower():
            raise
        return Baseline("tfidf", *SENTENCES["tfidf"], majority(train_labels, len(texts), classes).probabilities)
    probabilities = np.zeros((len(texts), classes))
    probabilities[:, model[-1].classes_] = model.predict_proba(texts)
    return Baseline("tfidf", *SENTENCES["tfidf"], probabilities)


def reads_by_characters(texts: list[str]) -> bool:
    """Whether these texts are in scripts that put no blanks between words."""
    return _mean_word_length(texts) > 12


def _mean_word_length(texts: list[str]) -> float:
    sample = texts[:: max(1, len(texts) // 500)]
    words = sum(len(text.split()) for text in sample)
    return sum(len(text) for text in sample) / max(1, words)
