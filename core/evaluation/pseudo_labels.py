"""Pseudo-labels: which answers of a model to texts without labels are taken for the truth."""

from dataclasses import dataclass

import numpy as np

LEAST_HELD = 0.8  # of the labelled rows, by the classes that texts are taken of


@dataclass(frozen=True, slots=True)
class Taken:
    """Texts that get the label that a model gave them.

    Attributes:
        rows: (taken,) their positions, ascending.
        labels: (taken,) class numbers.
        sure: (classes,) how many of each class the model was sure enough of.
        counts: (classes,) how many were taken of each.
    """

    rows: np.ndarray
    labels: np.ndarray
    sure: np.ndarray
    counts: np.ndarray


def take_sure(probabilities: np.ndarray, least: float, labelled: np.ndarray) -> Taken:
    """The surest texts of each class, in the proportions that the classes have among labelled rows.

    Of the scarcest class, beside its share of labelled rows, all are taken that are sure enough; of the others as many as go with that, the
    surest first. Else the classes that are easy would crowd out the rest, the more with each round (class-balanced self-training;
    Zou et al., 2018, https://arxiv.org/abs/1810.07911, which has a threshold for each class instead). A class that the model is
    never sure of, or that has no labelled row, takes no part; where the classes that take part hold less than four fifths of the labelled
    rows nothing is taken, for a model that knows some of the classes only would teach the next to forget the others.

    Args:
        probabilities: (texts, classes), calibrated.
        least: the probability from which an answer is sure enough.
        labelled: (classes,) labelled rows of each class.
    """
    classes = len(labelled)
    answers, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    sure = np.bincount(answers[confidence >= least], minlength=classes)
    sharing = (sure > 0) & (labelled > 0)
    whole = float((sure[sharing] / labelled[sharing]).min()) if sharing.any() else 0.0
    if labelled[sharing].sum() < LEAST_HELD * labelled.sum():
        sharing, whole = np.zeros_like(sharing), 0.0
    quota = np.where(sharing, np.minimum(sure, np.maximum(1, np.floor(whole * labelled + 1e-9))), 0).astype(np.int64)
    rows = []
    for number in range(classes):
        own = np.flatnonzero((answers == number) & (confidence >= least))
        rows.append(own[np.argsort(-confidence[own], kind="stable")][: quota[number]])
    taken = np.sort(np.concatenate(rows)).astype(np.int64)
    return Taken(taken, answers[taken].astype(np.int64), sure, quota)
