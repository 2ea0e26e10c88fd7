"""What a result tells beside its metrics: figures of each class or label, the confusion matrix, the commonest mistakes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.metrics.parts import f1
from core.tasks import Task


def details_of(task: Task, truth: np.ndarray, answers: np.ndarray, labels: tuple[str, ...]) -> dict[str, Any]:
    """What can be told of answers of this task beside the metrics; ``truth`` has the form of the answers."""
    if task.kind == "single_label":
        return class_details(truth, answers, labels)
    if task.kind == "multi_label":
        return label_details(truth.astype(bool), answers.astype(bool), labels)
    mean_error = float(np.mean(answers - truth, dtype=np.float64))
    return {"mean_error": mean_error, "spread": float(np.std(truth))}


def class_details(truth: np.ndarray, predicted: np.ndarray, labels: tuple[str, ...]) -> dict[str, Any]:
    """Figures per class and the confusion matrix.

    Args:
        truth, predicted: (rows,) class numbers.

    Returns:
        ``per_class``: a dict for each label, its figures None where no row truly has it; ``confusion``: counts, true class by
        row, predicted class by column.
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    numbers = np.arange(len(labels))
    figures = precision_recall_fscore_support(truth, predicted, labels=numbers, zero_division=0.0)
    return {
        "per_class": _per_class(labels, *figures),
        "confusion": confusion_matrix(truth, predicted, labels=numbers).tolist(),
    }


def label_details(truth: np.ndarray, given: np.ndarray, labels: tuple[str, ...]) -> dict[str, Any]:
    """Figures per label, and how many labels a row has and is given in the mean.

    Args:
        truth, given: (rows, labels) bool.
    """
    right, times_given, true = (truth & given).sum(axis=0), given.sum(axis=0), truth.sum(axis=0)
    precision = np.divide(right, times_given, out=np.zeros(len(labels)), where=times_given > 0)
    recall = np.divide(right, true, out=np.zeros(len(labels)), where=true > 0)
    return {
        "labels_true": float(truth.sum(axis=1).mean()),
        "labels_given": float(given.sum(axis=1).mean()),
        "per_class": _per_class(labels, precision, recall, f1(right, times_given, true), true),
    }


def mix_ups(matrix: Sequence[Sequence[int]], labels: Sequence[str], most: int = 12) -> list[dict[str, Any]]:
    """The commonest mistakes: true class, what was said instead, rows, and their share of the true class; most rows first."""
    counts = np.asarray(matrix)
    wrong = counts - np.diag(np.diagonal(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(cell), len(labels)) for cell in order if wrong.flat[cell]]
    return [
        {"true": labels[t], "called": labels[c], "rows": int(wrong[t, c]), "share": float(wrong[t, c] / counts[t].sum())}
        for t, c in pairs
    ]  # fmt: skip


def _per_class(
    labels: tuple[str, ...], precision: np.ndarray, recall: np.ndarray, f1: np.ndarray, support: np.ndarray
) -> list[dict[str, Any]]:
    figures = zip(labels, precision, recall, f1, support, strict=True)
    return [
        {"label": label, "precision": float(p), "recall": float(r), "f1": float(f), "support": int(n)}
        if n
        else {"label": label, "precision": None, "recall": None, "f1": None, "support": 0}
        for label, p, r, f, n in figures
    ]
