"""The plain loss of each task, told beside the metrics; what a run minimises may add weights and smoothing to it."""

import numpy as np

from core.metrics.metric import Answered, Form, Metric


def log_loss(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean cross-entropy in nats: -log of the probability given to the true class.

    Args:
        truth: (rows,) class numbers.
        probabilities: (rows, classes).
    """
    chosen = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(chosen, 1e-12, 1.0)).mean())


def _of_labels(answered: Answered) -> float:
    """Cross-entropy in nats, its mean over labels and rows."""
    outputs = _outputs(answered)
    chosen = np.where(answered.truth.astype(bool), outputs, 1 - outputs)
    return float(-np.log(np.clip(chosen, 1e-12, 1.0)).mean())


def _of_scores(answered: Answered) -> float:
    """Mean squared error of standardised scores."""
    return float(np.mean(((_outputs(answered) - answered.truth) / answered.spread) ** 2))


def _outputs(answered: Answered) -> np.ndarray:
    if answered.outputs is None:
        raise ValueError("a loss needs the outputs, not the answers alone")
    return answered.outputs


LOSS = Metric(
    "loss",
    "Loss",
    "What the training minimises.",
    {
        "single_label": Form(lambda answered: log_loss(answered.truth, _outputs(answered))),
        "multi_label": Form(_of_labels),
        "regression": Form(_of_scores),
    },
    higher=False,
    share=False,
    shown=False,
    tested=False,
)
