"""The last layer: where it is, and how the units of a score get into it."""

from typing import TYPE_CHECKING

from core.errors import SourceError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


def last_layer(model: "PreTrainedModel") -> "torch.nn.Linear":
    """The linear layer that gives the logits.

    Raises:
        SourceError: when the architecture has none outside its encoder.
    """
    import torch

    outputs = model.config.num_labels
    for name, module in reversed(list(model.named_modules())):
        if isinstance(module, torch.nn.Linear) and module.out_features == outputs:
            if not name.startswith(f"{model.base_model_prefix}."):
                return module
    raise SourceError(
        f"{model.config.model_type} has no linear last layer to probe.", "Choose the strategy full for this source."
    )


def fold_scale(model: "PreTrainedModel", mean: float, spread: float) -> None:
    """Let a model that gives standardised scores give them in their own units: ``logit * spread + mean``."""
    import torch

    last = last_layer(model)
    if last.bias is None:
        last.bias = torch.nn.Parameter(torch.zeros(last.out_features, device=last.weight.device))
    with torch.no_grad():
        last.weight.mul_(spread)
        last.bias.mul_(spread).add_(mean)


def keep_exact(model: "PreTrainedModel") -> None:
    """Compute the last layer in float32 whatever the rest runs in: half precision would round scores such as 1998.5."""
    import torch

    last = last_layer(model)

    def forward(states: "torch.Tensor") -> "torch.Tensor":
        with torch.autocast(states.device.type, enabled=False):
            return torch.nn.functional.linear(states.float(), last.weight, last.bias)

    last.forward = forward  # type: ignore[method-assign, assignment]
