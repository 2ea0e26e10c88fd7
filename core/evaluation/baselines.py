"""Baselines: what can be had without any transfer, on the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.counted_words import CountedWords, vectorizer
from core.threads import one_thread

SENTENCES = {
    "majority": ("Majority class", "Always answers with the most frequent class of the training rows."),
    "tfidf": ("TF-IDF + logistic regression", "Counts words and word pairs; no language model, no transfer."),
    "frequent_set": ("Most frequent labels", "Always gives the set of labels that most training rows have."),
    "tfidf_labels": ("TF-IDF + logistic regression for each label", "Counts words and word pairs, once for each label; no transfer."),
    "mean": ("Mean score", "Always answers with the mean of the training rows."),
    "tfidf_score": ("TF-IDF + ridge regression", "Counts words and word pairs; no language model, no transfer."),
}  # fmt: skip
NAMES = {
    "single_label": ("majority", "tfidf"), "multi_label": ("frequent_set", "tfidf_labels"),
    "regression": ("mean", "tfidf_score"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline gives for the evaluated rows.

    Attributes:
        outputs: probabilities (rows, classes), each row summing to 1; (rows, labels) in 0..1; or scores (rows,).
        thresholds: (labels,) chosen on validation rows, for several labels only.
    """

    name: str
    title: str
    sentence: str
    outputs: np.ndarray
    thresholds: np.ndarray | None = None


def name_of(kind: str, simple: bool) -> str:
    """The task's trivial baseline, or the one that counts words."""
    return NAMES[kind][0 if simple else 1]


def trivial(kind: str, train_targets: np.ndarray, rows: int, outputs: int) -> Baseline:
    """The same answer for every row: the class shares, the most frequent set of labels, or the mean score.

    Args:
        train_targets: as ``core.tasks.encode_targets`` gives them.
    """
    if kind == "single_label":
        return majority(train_targets, rows, outputs)
    if kind == "multi_label":
        sets, counts = np.unique(train_targets, axis=0, return_counts=True)
        return _named(
            "frequent_set", np.tile(sets[counts.argmax()].astype(np.float64), (rows, 1)), np.full(outputs, 0.5)
        )
    return _named("mean", np.full(rows, float(np.mean(train_targets, dtype=np.float64))))


def majority(train_labels: np.ndarray, rows: int, classes: int) -> Baseline:
    """The class shares of the training rows, for every row alike; ties go to the first class."""
    shares = np.bincount(train_labels, minlength=classes) / len(train_labels)
    return _named("majority", np.tile(shares, (rows, 1)))


def tfidf(train_texts: list[str], train_labels: np.ndarray, texts: list[str], classes: int, seed: int) -> Baseline:
    """Words and word pairs weighted by TF-IDF, then logistic regression, untuned.

    Texts in scripts without blanks between words are counted by characters, which is the fair choice there.

    Args:
        train_texts: (train rows,) what the run was trained on.
        train_labels: (train rows,) class numbers.
        texts: (rows,) what the run is judged on.
    """
    return counted("single_label", train_texts, train_labels, texts, classes, seed)


def counted(
    kind: str, train_texts: list[str], train_targets: np.ndarray, texts: Sequence[str], outputs: int, seed: int
) -> Baseline:
    """Words counted as ``tfidf`` does, then what fits the task: logistic regression, one a label, or ridge."""
    answer = fit_counted(kind, train_texts, train_targets, outputs, seed)
    return _named(name_of(kind, simple=False), answer(texts))


def fit_counted(kind: str, train_texts: list[str], train_targets: np.ndarray, outputs: int, seed: int) -> CountedWords:
    """What ``counted`` has learnt from these rows: texts in, (rows, outputs) probabilities or (rows,) scores out."""
    from sklearn.pipeline import make_pipeline

    nothing = CountedWords.nothing(kind, _always(kind, train_targets, outputs))
    learnable = np.flatnonzero(np.ptp(train_targets, axis=0) > 0) if kind == "multi_label" else None
    if len(np.unique(train_targets, axis=0)) < 2:  # nothing to separate
        return nothing
    by_characters = reads_by_characters(train_texts)
    rare = 2 if len(train_texts) >= 200 else 1
    words = vectorizer(by_characters, min_df=rare, max_features=200_000)
    model = make_pipeline(words, _regression(kind, seed))
    try:
        with one_thread():
            model.fit(train_texts, train_targets if learnable is None else train_targets[:, learnable].astype(np.int64))
    except ValueError as error:
        if "vocabulary" not in str(error) and "no terms remain" not in str(error).lower():
            raise
        return nothing
    learnt, weights, bias = _linear(model[-1], learnable)
    always = np.zeros(outputs) if kind == "single_label" else nothing.always  # a class without rows is never answered
    return CountedWords(
        kind, always, by_characters, tuple(words.get_feature_names_out()), words.idf_, learnt, weights, bias
    )


def _always(kind: str, targets: np.ndarray, outputs: int) -> np.ndarray:
    """(outputs,) what is said before any word is read: shares of classes, how frequent each label is, or the mean score."""
    if kind == "multi_label":
        return targets.mean(axis=0, dtype=np.float64)
    return np.atleast_1d(trivial(kind, targets, 1, outputs).outputs[0])


def _linear(fitted: Any, learnable: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of the outputs (learnt,), weights (learnt, terms) and bias (learnt,) of what scikit-learn has fitted."""
    if learnable is not None:
        each = fitted.estimators_
        return learnable, np.concatenate([one.coef_ for one in each]), np.concatenate([one.intercept_ for one in each])
    weights, bias = np.atleast_2d(fitted.coef_), np.atleast_1d(fitted.intercept_)
    if not hasattr(fitted, "classes_"):
        return np.zeros(1, dtype=np.int64), weights, bias
    if len(fitted.classes_) == 2:  # scikit-learn gives one row for two classes
        weights, bias = np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return fitted.classes_.astype(np.int64), weights, bias


def _regression(kind: str, seed: int) -> object:
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.multiclass import OneVsRestClassifier

    if kind == "regression":
        return Ridge(alpha=1.0, random_state=seed)
    if kind == "multi_label":  # liblinear: many times quicker than lbfgs on sparse counts, for the same answer
        return OneVsRestClassifier(LogisticRegression(C=4.0, solver="liblinear", random_state=seed))
    return LogisticRegression(max_iter=1000, C=4.0, random_state=seed)


def _named(name: str, outputs: np.ndarray, thresholds: np.ndarray | None = None) -> Baseline:
    return Baseline(name, *SENTENCES[name], outputs, thresholds)


def reads_by_characters(texts: list[str]) -> bool:
    """Whether these texts are in scripts that put no blanks between words."""
    return _mean_word_length(texts) > 12


def _mean_word_length(texts: list[str]) -> float:
    sample = texts[:: max(1, len(texts) // 500)]
    words = sum(len(text.split()) for text in sample)
    return sum(len(text) for text in sample) / max(1, words)
