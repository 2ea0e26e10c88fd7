"""What is minimised: cross-entropy, and its forms for uneven classes and doubtful labels."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.config import RunConfig

if TYPE_CHECKING:
    import torch


def class_weights(labels: np.ndarray, classes: int) -> np.ndarray:
    """(classes,) weights that make every class count the same, with a mean of 1 over the rows; 0 for absent classes."""
    counts = np.bincount(labels, minlength=classes).astype(np.float64)
    present = counts > 0
    weights = np.zeros(classes)
    weights[present] = len(labels) / (present.sum() * counts[present])
    return weights


def build_loss(
    config: RunConfig, labels: np.ndarray, classes: int, device: str
) -> "Callable[[torch.Tensor, torch.Tensor], torch.Tensor]":
    """The loss of a batch from logits (rows, classes) and class numbers (rows,): a mean over rows, in nats.

    Focal loss (Lin et al., 2017) multiplies each row's cross-entropy by ``(1 - p) ** gamma``, p being the probability of
    its true class; label smoothing (Szegedy et al., 2016) gives a share of each target to all classes.
    """
    import torch
    from torch.nn import functional

    weights = (
        torch.tensor(class_weights(labels, classes), dtype=torch.float32, device=device)
        if config.class_weights
        else None
    )

    def loss(logits: "torch.Tensor", truth: "torch.Tensor") -> "torch.Tensor":
        if not config.focal_gamma:
            return functional.cross_entropy(logits, truth, weight=weights, label_smoothing=config.label_smoothing)
        each = functional.cross_entropy(
            logits, truth, weight=weights, label_smoothing=config.label_smoothing, reduction="none"
        )
        right = torch.softmax(logits, dim=1).gather(1, truth.unsqueeze(1)).squeeze(1)
        scale = weights[truth].sum() if weights is not None else float(len(truth))
        return ((1 - right) ** config.focal_gamma * each).sum() / scale

    return loss
