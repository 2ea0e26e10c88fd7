"""What is minimised: cross-entropy for classes, the same for each of several labels, squared error for scores; and their
forms for uneven classes and doubtful labels."""

import math
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss of rows, as terms that can be added up over the pieces of a batch, however it is divided.

    Attributes:
        terms: from logits (rows, outputs) and targets to (rows,) what each row adds; a weighted row adds its multiple.
        weight: from the targets of rows, on the host, to what their terms are divided by: the sum of the rows' weights.
    """

    terms: "Callable[[torch.Tensor, torch.Tensor], torch.Tensor]"
    weight: Callable[[np.ndarray], float]

    def __call__(self, logits: "torch.Tensor", targets: "torch.Tensor") -> "torch.Tensor":
        """The mean over these rows, a scalar."""
        return self.terms(logits, targets).sum() / self.weight(targets.cpu().numpy())


def build_loss(config: RunConfig, labels: np.ndarray, classes: int, device: str) -> Loss:
    """The loss that ``config`` asks for.

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


def _squared_error(targets: np.ndarray) -> Loss:
    mean, spread = scale_of(targets)

    def terms(logits: "torch.Tensor", truth: "torch.Tensor") -> "torch.Tensor":
        return (logits[:, 0] - (truth - mean) / spread).square()

    return Loss(terms, len)


def _several_labels(config: RunConfig, targets: np.ndarray, device: str) -> Loss:
    import torch
    from torch.nn import functional

    weights = torch.tensor(label_weights(targets), dtype=torch.float32, device=device) if config.class_weights else None
    smooth, gamma = config.label_smoothing, config.focal_gamma

    def terms(logits: "torch.Tensor", truth: "torch.Tensor") -> "torch.Tensor":
        wanted = truth * (1 - smooth) + smooth / 2
        entropies = functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=weights, reduction="none")
        if gamma:
            right = torch.sigmoid(torch.where(truth > 0.5, logits, -logits))
            entropies = (1 - right) ** gamma * entropies
        return entropies.mean(dim=1)

    return Loss(terms, len)


def _one_class(config: RunConfig, labels: np.ndarray, classes: int, device: str) -> Loss:
    import torch
    from torch.nn import functional

    weights = class_weights(labels, classes) if config.class_weights else None
    on_device = None if weights is None else torch.tensor(weights, dtype=torch.float32, device=device)
    gamma = config.focal_gamma

    def terms(logits: "torch.Tensor", truth: "torch.Tensor") -> "torch.Tensor":
        entropies = functional.cross_entropy(
            logits, truth, weight=on_device, label_smoothing=config.label_smoothing, reduction="none"
        )
        if gamma:
            right = torch.softmax(logits, dim=1).gather(1, truth.unsqueeze(1)).squeeze(1)
            entropies = (1 - right) ** gamma * entropies
        return entropies

    return Loss(terms, len if weights is None else lambda truth: float(weights[truth].sum()))


def guessing_loss(labels: np.ndarray, outputs: int) -> float:
    """What a model that knows nothing pays: the log of the classes, of 2 for each of several labels, 1 for a score whose spread is 1.
    Losses divided by it are alike, whatever the task (Aghajanyan et al., 2021, https://arxiv.org/abs/2101.11038).

    Args:
        labels: (rows,) class numbers or scores, or (rows, labels).
        outputs: of the model.
    """
    if labels.ndim == 2:
        return math.log(2)
    return 1.0 if labels.dtype.kind == "f" else math.log(max(2, outputs))
