"""The fast paths of attention and dropout on a device, set up once before a training."""

from typing import TYPE_CHECKING

from core.config import RunConfig

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def use_fast_kernels(model: "PreTrainedModel", config: RunConfig, device: str) -> None:
    """Set up attention and dropout of ``model`` in place as ``config.dropout`` says, by what is fast on this device."""
    import torch

    from core.models.attention import use_fast_attention
    from core.models.dropout import use_cheap_dropout
    from core.models.flat import train_flat

    if config.dropout != "all":
        use_fast_attention(model, device)
        train_flat(model)
    use_cheap_dropout(model, device)
    if config.dropout == "none":
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
