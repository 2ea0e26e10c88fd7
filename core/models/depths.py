"""Depths: how far each parameter stands from the texts, what is done by depth, and what happened there."""

import re
from typing import TYPE_CHECKING

from core.models.pooling import MARK
from core.strategies.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from transformers import PreTrainedModel

STACK = re.compile(r"(?:^|\.)(?:layer|layers)\.(\d+)\.")  # where transformers' encoders number their layers


def depths(model: "PreTrainedModel") -> tuple[dict[str, int], int]:
    """Depth of each parameter, and the number of layers: 0 for embeddings, 1 to layers, layers + 1 for what is above."""
    prefix = f"{model.base_model_prefix}."
    depth: dict[str, int] = {}
    names = [name for name, _ in model.named_parameters()]
    numbers = [int(match[1]) for name in names if name.startswith(prefix) and (match := STACK.search(name))]
    layers = max(numbers, default=-1) + 1 - (getattr(model.config, MARK, None) == "mean")
    for name in names:
        match = STACK.search(name) if name.startswith(prefix) else None
        if match:
            depth[name] = min(int(match[1]), layers) + 1
        elif name.startswith(prefix) and ("embeddings" in name or "relative_attention_bias" in name):
            depth[name] = 0
        else:
            depth[name] = layers + 1
    return depth, layers


def weights_of(model: "PreTrainedModel") -> "Iterator[tuple[str, torch.nn.Parameter]]":
    """Names and weights of a model without those of an averaging layer, which only computes a mean: nothing ever moves it."""
    _, layers = depths(model)
    averages = getattr(model.config, MARK, None) == "mean"
    prefix = f"{model.base_model_prefix}."
    for name, weight in model.named_parameters():
        match = STACK.search(name) if name.startswith(prefix) else None
        if not (averages and match and int(match[1]) >= layers):
            yield name, weight


def disable_dropout(model: "PreTrainedModel", frozen_layers: int) -> None:
    """Turn dropout off in the embeddings and so many of the lowest layers: what is not trained need not be disturbed."""
    import torch

    prefix = f"{model.base_model_prefix}."
    for name, module in model.named_modules():
        match = STACK.search(f"{name}.")
        frozen = (int(match[1]) < frozen_layers) if match else "embeddings" in name
        if frozen and name.startswith(prefix) and isinstance(module, torch.nn.Dropout):
            module.p = 0.0


def movement(model: "PreTrainedModel", start: "PreTrainedModel") -> list[float]:
    """How far each depth moved from ``start``, from the embeddings to the head: length of the change beside the length
    of the weights before, 0 for what stayed as it was. Both models have the same parameters, adapters merged."""
    import torch

    depth, layers = depths(start)
    change, before = [0.0] * (layers + 2), [0.0] * (layers + 2)
    with torch.no_grad():
        for name, old in weights_of(start):
            level = depth[name]
            change[level] += float((model.get_parameter(name).cpu() - old).double().square().sum())
            before[level] += float(old.double().square().sum())
    return [(moved / max(length, 1e-12)) ** 0.5 for moved, length in zip(change, before, strict=True)]


def layer_rates(plan: Plan, depth: dict[str, int]) -> list[float]:
    """The largest share of the learning rate at each depth, from the embeddings to the head; 0 where all is frozen."""
    rates = [0.0] * (plan.layers + 2)
    for name, share in plan.rates.items():
        level = depth.get(name, 0)
        rates[level] = max(rates[level], share)
    return rates
