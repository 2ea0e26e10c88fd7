"""Weights of several models in one: the mean of some, and a point on the straight way between two.

Models that were trained from one source lie in one valley of the loss as a rule, so that what lies between them works as
well (Wortsman et al., 2022a, Robust fine-tuning of zero-shot models, https://arxiv.org/abs/2109.01903; 2022b, Model soups,
https://arxiv.org/abs/2203.05482).
"""

from typing import TYPE_CHECKING, Any

from core.errors import SourceError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Weights = dict[str, Any]
"""Name of a parameter -> its tensor."""


def encoder_weights(model: "PreTrainedModel") -> Weights:
    """Copies of the weights of a model's encoder, by their names inside it, whatever head stands on it."""
    return {name: weight.detach().clone() for name, weight in model.base_model.named_parameters()}


def put_encoder(model: "PreTrainedModel", weights: Weights) -> None:
    """Give a model's encoder the weights of the same names; those that it does not name stay.

    Raises:
        SourceError: when a weight has another shape, so that the two are different architectures.
    """
    import torch

    with torch.no_grad():
        for name, weight in model.base_model.named_parameters():
            if name in weights:
                _check_shape(name, weight, weights[name])
                weight.copy_(weights[name])


def interpolate(start: Weights, end: Weights, alpha: float) -> Weights:
    """``(1 - alpha) * start + alpha * end`` of each weight, computed in double precision.

    Args:
        alpha: 0 gives the weights of ``start``, 1 those of ``end``, both to the last bit.

    Raises:
        SourceError: when the two do not have the same weights.
    """
    if set(start) != set(end):
        raise _different(sorted(set(start) ^ set(end))[0])
    mixed = {}
    for name, first in start.items():
        _check_shape(name, first, end[name])
        mixed[name] = ((1 - alpha) * first.double() + alpha * end[name].double()).to(first.dtype)
    return mixed


def mean_weights(states: list[Weights]) -> Weights:
    """The mean of each tensor over ``states``, summed in double precision; whole numbers are taken from the first."""
    import torch

    mean = {}
    for name, first in states[0].items():
        if not first.is_floating_point():
            mean[name] = first
            continue
        total = torch.zeros_like(first, dtype=torch.float64)
        for state in states:
            total += state[name].double()
        mean[name] = (total / len(states)).to(first.dtype)
    return mean


def _check_shape(name: str, one: "torch.Tensor", other: "torch.Tensor") -> None:
    if one.shape != other.shape:
        raise _different(name)


def _different(name: str) -> SourceError:
    return SourceError(
        f"The two models have different architectures: their weight {name} differs in kind or shape.",
        "Only models that were trained from the same source can be mixed.",
    )
