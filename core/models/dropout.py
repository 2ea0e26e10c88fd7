"""Cheap dropout on a CPU: masks from random bytes, drawn many times faster than torch's one number after another."""

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LEVELS = 256  # a byte's values: the probability is rounded to the nearest 1/256


class ByteDropout(torch.nn.Dropout):
    """``torch.nn.Dropout`` with masks from bytes; its seeds come from torch's generator, so runs can be repeated."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        level = round(self.p * LEVELS)
        if not self.training or level == 0:
            return input
        return _Drop.apply(input, level)


def use_cheap_dropout(model: "PreTrainedModel", device: str) -> None:
    """Replace the dropouts of ``model`` by ``ByteDropout`` where it is trained on a CPU."""
    if device != "cpu":
        return
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is torch.nn.Dropout:
                module._modules[name] = ByteDropout(child.p).train(child.training)


class _Drop(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, input: torch.Tensor, level: int) -> torch.Tensor:
        """``input`` with about ``level`` of 256 values set to zero and the others scaled up."""
        seed = int(torch.randint(2**62, ()).item())
        words = np.random.SFC64(seed).random_raw(-(-input.numel() // 8))  # eight bytes each
        draw = torch.from_numpy(words.view(np.uint8)[: input.numel()]).view(input.shape)
        # a mask in the input's own type, scaled: one product forward, one backward
        kept, dropped = input.new_tensor(LEVELS / (LEVELS - level)), input.new_zeros(())
        mask = torch.where(draw >= level, kept, dropped)
        ctx.save_for_backward(mask)
        return input * mask

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        (mask,) = ctx.saved_tensors
        return gradients[0] * mask, None
