"""What is minimised: cross-entropy for classes, the same for each of several labels, squared error for scores; and their
forms for uneven classes and doubtful labels."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.config import RunConfig
from core.tasks import scale_of

MOST_WEIGHT = 100.0  # of a label's true rows: beyond, a handful of rows would steer everything

if TYPE_CHECKING:
    import torch


def class_weights(labels: np.ndarray, classes: int) -> np.ndarray:
    """(classes,) weights that make every class count the same, with a mean of 1 over the rows; 0 for absent classes."""
    counts = np.bincount(labels, minlength=classes).astype(np.float64)
    present = counts > 0
    weights = np.zeros(classes)
    weights[present] = len(labels) / (present.sum() * counts[present])
    return weights


def label_weights(targets: np.ndarray) -> np.ndarray:
    """(labels,) weights of a label's true rows that make them count as much as its other rows; at most 100, 1 for none.

    Args:
        targets: (rows, labels) 0 and 1.
    """
    true = targets.sum(axis=0, dtype=np.float64)
    others = len(targets) - true
    return np.where(true > 0, np.minimum(others / np.maximum(true, 1), MOST_WEIGHT), 1.0)


def build_loss(
    config: RunConfig, labels: np.ndarray, classes: int, device: str
) -> "Callable[[torch.Tensor, torch.Tensor], torch.Tensor]":
    """The loss of a batch from logits (rows, outputs) and targets: a mean over rows.

    The form of the targets says which: class numbers (rows,) int64, cross-entropy in nats; (rows, labels) float32 of 0
    and 1, binary cross-entropy, a mean over labels, too; scores (rows,) float32, the squared error of logits that stand
    for scores with their mean taken off and a spread of 1 (``core.tasks.scale_of`` of all training targets).

    Focal loss (Lin et al., 2017) multiplies each cross-entropy by ``(1 - p) ** gamma``, p being the probability of
    the truth; label smoothing (Szegedy et al., 2016) gives a share of each target to all classes.

    Args:
        labels: the targets of all training rows.
    """
    if labels.ndim == 2:
        return _several_labels(config, labels, device)
    if labels.dtype.kind == "f":
        return _squared_error(labels)
    return _one_class(config, labels, classes, device)


def _squared_error(targets: np.ndarray) -> "Callable[[torch.Tensor, torch.Tensor], torch.Tensor]":
    mean, spread = scale_of(targets)

    def loss(logits: "torch.Tensor", truth: "torch.Tensor") -> "torch.Tensor":
        return (logits[:, 0] - (truth - mean) / spread).square().mean()

    return loss


def _several_labels(
    config: RunConfig, targets: np.ndarray, device: str
) -> "Callable[[torch.Tensor, torch.Tensor], torch.Tensor]":
    import torch
    from torch.nn import functional

    weights = torch.tensor(label_weights(targets), dtype=torch.float32, device=device) if config.class_weights else None
    smooth, gamma = config.label_smoothing, config.focal_gamma

    def loss(logits: "torch.Tensor", truth: "torch.Tensor") -> "torch.Tensor":
        wanted = truth * (1 - smooth) + smooth / 2
        if not gamma:
            return functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=weights)
        each = functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=weights, reduction="none")
        right = torch.sigmoid(torch.where(truth > 0.5, logits, -logits))
        return ((1 - right) ** gamma * each).mean()

    return loss


def _one_class(
    config: RunConfig, labels: np.ndarray, classes: int, device: str
) -> "Callable[[torch.Tensor, torch.Tensor], torch.Tensor]":
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
