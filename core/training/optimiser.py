"""The optimiser and the learning-rate schedule."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.config import RunConfig
from core.strategies.registry import DEFAULT, STRATEGIES

if TYPE_CHECKING:
    import torch


def build_optimiser(
    model: "torch.nn.Module", config: RunConfig, device: str, rates: Mapping[str, float]
) -> "torch.optim.Optimizer":
    """AdamW (or Adam) over the weights that ``rates`` names; biases and norms are not decayed.

    Each group's ``share`` is its part of the learning rate.
    """
    import torch

    by_group: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}  # by share, and whether they decay
    for name, share in rates.items():
        weight = model.get_parameter(name)
        by_group.setdefault((share, weight.ndim >= 2), []).append(weight)
    groups = [
        {"params": weights, "weight_decay": config.weight_decay if decays else 0.0, "share": share}
        for (share, decays), weights in by_group.items()
    ]
    fused = device.startswith(("cuda", "cpu"))  # one pass over the weights instead of many
    if config.optimizer == "adam":
        plain = [group | {"weight_decay": 0.0} for group in groups]
        return torch.optim.Adam(plain, lr=config.learning_rate or 0.0, fused=fused)
    return torch.optim.AdamW(groups, lr=config.learning_rate or 0.0, fused=fused)


def fitting_rate(width: int, strategy: str = DEFAULT) -> float:
    """A full learning rate that suits an encoder of this width, where the user named none.

    Small encoders need larger steps. For MiniLM (384 wide) 1e-4 was best or level among 5e-5 to 4e-4 in docs/benchmarks.md;
    2e-5 to 5e-5 is what the BERT paper (Devlin et al., 2019) uses for 768. Random weights bear, and need, more;
    so do the few weights of LoRA (Hu et al., 2021), BitFit (Zaken et al., 2022) and IA³ (Liu et al., 2022).
    """
    rate = 1e-4 if width <= 512 else 3e-5 if width <= 768 else 1.5e-5
    return rate * STRATEGIES[strategy].rate_factor


def rate_factor(step: int, total: int, config: RunConfig) -> float:
    """Share of the full learning rate at ``step`` (0-based): linear warm-up, then the schedule's decay to zero.

    "slanted" is ULMFiT's triangle (Howard and Ruder, 2018): up over the first tenth, down to 1/32.
    """
    usual = STRATEGIES[config.strategy].default_schedule
    schedule = usual if config.schedule == "linear" else config.schedule
    if schedule == "slanted":
        peak = max(1.0, total * 0.1)  # the step with the full rate
        share = (step + 1) / peak if step + 1 < peak else 1 - (step + 1 - peak) / max(1.0, total - peak)
        return (1 + share * 31) / 32
    warmup = round(total * config.warmup)
    if step < warmup:
        return (step + 1) / warmup
    if schedule == "constant":
        return 1.0
    left = (total - step) / max(1, total - warmup)  # 1 at the end of warm-up, almost 0 at the last step
    return left if schedule == "linear" else 0.5 * (1 - math.cos(math.pi * left))
