"""From raw scores to answers, for each task.

Words: *logits* are what the model gives, (rows, outputs). *Outputs* are what they mean: probabilities (rows, classes) or
(rows, labels), or scores (rows,). *Answers* are what is decided from them: class numbers (rows,), labels given
(rows, labels) bool, or the scores themselves. The *truth* has the form of the answers.
"""

import numpy as np

from core.tasks import Task, join_labels


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (rows, classes) float64 from raw scores; each row sums to 1."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def outputs_of(task: Task, logits: np.ndarray, scale: tuple[float, float] = (0.0, 1.0)) -> np.ndarray:
    """What raw scores mean: probabilities, or scores in their own units.

    Args:
        logits: (rows, outputs).
        scale: mean and standard deviation that were taken off the scores for training.
    """
    if task.kind == "single_label":
        return softmax(logits)
    if task.kind == "multi_label":
        return 1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -500, 500)))
    return logits[:, 0].astype(np.float64) * scale[1] + scale[0]


def decide(task: Task, outputs: np.ndarray, thresholds: np.ndarray | None = None) -> np.ndarray:
    """The answers: the likeliest class, the labels at or above their thresholds (0.5 unless given), or the scores."""
    if task.kind == "single_label":
        return outputs.argmax(axis=1)
    if task.kind == "multi_label":
        return outputs >= (0.5 if thresholds is None else thresholds)
    return outputs


def confidence(task: Task, outputs: np.ndarray, thresholds: np.ndarray | None = None) -> np.ndarray | None:
    """(rows,) in 0..1: the probability of the class; or how far, as a share of the way, the least sure label is from its
    threshold; None for scores, which a model gives without saying how sure it is."""
    if task.kind == "single_label":
        return outputs.max(axis=1)
    if task.kind == "multi_label":
        edge = np.clip(np.full(outputs.shape[1], 0.5) if thresholds is None else thresholds, 1e-9, 1 - 1e-9)
        return np.where(outputs >= edge, (outputs - edge) / (1 - edge), (edge - outputs) / edge).min(axis=1)
    return None


def written(task: Task, answers: np.ndarray, labels: tuple[str, ...]) -> np.ndarray:
    """(rows,) answers as the data set writes them: a class name, label names joined, or a number."""
    if task.kind == "regression":
        return answers
    if task.kind == "single_label":
        return np.asarray(labels, dtype=object)[answers]
    joined = [join_labels(labels[number] for number in np.flatnonzero(row)) for row in answers]
    return np.array(joined, dtype=object)
