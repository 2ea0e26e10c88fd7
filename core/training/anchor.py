"""Weights that are held back where they started: L2-SP and elastic weight consolidation, as a step of its own after each update.

L2-SP (Li et al., 2018, https://arxiv.org/abs/1802.01483) adds ``strength / 2 * |theta - start|**2`` to the loss, EWC (Kirkpatrick
et al., 2017, https://arxiv.org/abs/1612.00796) weighs each square by the diagonal of the Fisher information of the source's task.
Inside the gradient, Adam would divide the pull by the size of the gradients, as it does with weight decay (Loshchilov and Hutter,
2019; RecAdam, Chen et al., 2020). So the pull is a step apart, the exact minimum of penalty and distance together (a proximal
step), which no strength makes unstable::

    theta <- start + (theta - start) / (1 + amount * importance)
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from core.models.mixing import Weights
from core.training.encoding import Encoded
from core.training.forward import logits_of

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


class Anchor:
    """Pulls the encoder's trained weights back to what they are now.

    Args:
        names: the parameters of ``model`` that are trained.
        importance: by name inside the encoder, with a mean of 1; without it all weights count the same.
    """

    def __init__(self, model: "PreTrainedModel", names: Iterable[str], importance: Weights | None = None):
        trained = {id(model.get_parameter(name)) for name in names}
        self._held: list[tuple[torch.nn.Parameter, torch.Tensor, torch.Tensor | None]] = [
            (weight, weight.detach().clone(), None if importance is None else importance[name].to(weight.device))
            for name, weight in model.base_model.named_parameters()
            if id(weight) in trained
        ]

    def pull(self, amount: float) -> None:
        """One step back, after an update.

        Args:
            amount: strength times the learning rate of the update; 1 takes a weight of importance 1 half of the way.
        """
        import torch

        with torch.no_grad():
            for weight, start, importance in self._held:
                moved = weight - start
                weight.copy_(start + moved / (1 + amount * (1.0 if importance is None else importance)))


def diagonal_fisher(
    model: "PreTrainedModel", encoded: Encoded, rows: np.ndarray, device: str, seed: int = 0
) -> Weights:
    """How much the model's answers depend on each weight of its encoder: the mean over ``rows`` of the squared gradient of the log
    likelihood, the answer drawn from what the model itself says (the true Fisher, not the empirical one).

    Returns:
        by name inside the encoder, on the CPU; weights that nothing depends on have 0.
    """
    import torch

    draws = torch.Generator().manual_seed(seed)
    named = [(name, weight) for name, weight in model.base_model.named_parameters() if weight.requires_grad]
    sums = {name: torch.zeros_like(weight) for name, weight in model.base_model.named_parameters()}
    was_training = model.training
    model.eval()
    for row in rows:
        logits = logits_of(model, encoded, np.array([row]), device, padded=True).float()
        likelihood = _of_drawn_answer(logits, str(model.config.problem_type), draws)
        found = torch.autograd.grad(likelihood, [weight for _, weight in named], allow_unused=True)
        for (name, _), gradient in zip(named, found, strict=True):
            if gradient is not None:
                sums[name] += gradient.square()
    model.train(was_training)
    return {name: (total / max(1, len(rows))).cpu() for name, total in sums.items()}


def even_mean(importance: Weights) -> Weights:
    """Importances divided by their mean over all weights, so that strengths mean the same whatever the task; zeros stay."""
    total = sum(float(each.double().sum()) for each in importance.values())
    count = sum(each.numel() for each in importance.values())
    return importance if not total else {name: each * (count / total) for name, each in importance.items()}


def _of_drawn_answer(logits: "torch.Tensor", problem: str, draws: "torch.Generator") -> "torch.Tensor":
    """Log likelihood of an answer that is drawn by the model's own probabilities; logits (1, outputs)."""
    import torch
    from torch.nn import functional

    if problem == "multi_label_classification":
        answer = torch.bernoulli(torch.sigmoid(logits).detach().cpu(), generator=draws).to(logits.device)
        return -functional.binary_cross_entropy_with_logits(logits, answer, reduction="sum")
    answer = torch.multinomial(torch.softmax(logits, dim=1).detach().cpu(), 1, generator=draws)[0].to(logits.device)
    return -functional.cross_entropy(logits, answer)
