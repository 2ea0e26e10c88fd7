"""The optimiser and the learning-rate schedule."""

import math
from typing import TYPE_CHECKING

from core.config import RunConfig

if TYPE_CHECKING:
    import torch


def build_optimiser(model: "torch.nn.Module", config: RunConfig, device: str) -> "torch.optim.Optimizer":
    """AdamW (or Adam) over the trained weights; biases and norms are not decayed."""
    import torch

    trained = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for _, weight in trained if weight.ndim >= 2], "weight_decay": config.weight_decay},
        {"params": [weight for _, weight in trained if weight.ndim < 2], "weight_decay": 0.0},
    ]
    fused = device.startswith(("cuda", "cpu"))  # one pass over the weights instead of many
    if config.optimizer == "adam":
        plain = [group | {"weight_decay": 0.0} for group in groups]
        return torch.optim.Adam(plain, lr=config.learning_rate or 0.0, fused=fused)
    return torch.optim.AdamW(groups, lr=config.learning_rate or 0.0, fused=fused)


def fitting_rate(width: int, scratch: bool) -> float:
    """A full learning rate that suits an encoder of this width, where the user named none.

    Small encoders need larger steps. For MiniLM (384 wide) 1e-4 was best or level among 5e-5 to 4e-4 in docs/benchmarks.md;
    2e-5 to 5e-5 is what the BERT paper (Devlin et al., 2019) uses for 768. Random weights bear, and need, more.
    """
    rate = 1e-4 if width <= 512 else 3e-5 if width <= 768 else 1.5e-5
    return rate * 3 if scratch else rate


def rate_factor(step: int, total: int, config: RunConfig) -> float:
    """Share of the full learning rate at ``step`` (0-based): linear warm-up, then the schedule's decay to zero."""
    warmup = round(total * config.warmup)
    if step < warmup:
        return (step + 1) / warmup
    if config.schedule == "constant":
        return 1.0
    left = (total - step) / max(1, total - warmup)  # 1 at the end of warm-up, almost 0 at the last step
    return left if config.schedule == "linear" else 0.5 * (1 - math.cos(math.pi * left))
