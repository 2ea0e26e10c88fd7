"""Linear layers with weights laid out once for the CPU's bf16 products, for as long as a model only scores.

oneDNN otherwise rearranges the weights in every product and adds the bias in a pass of its own. The two functions of
torch that spare this are those that ``torch.compile`` calls; where a version of torch lacks them, layers stay as they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SMALLEST = 16_384  # weights of a layer below which there is nothing to gain; heads stay exact as well
TOKENS = 4096  # of the batches that the layout is chosen for, and fewest for which it is made


@contextmanager
def packed(model: "PreTrainedModel", device: str, bf16: bool, tokens: int) -> Iterator[None]:
    """Within this context the encoder of ``model`` computes with packed weights; it must not be trained meanwhile.

    Nothing changes on other devices, in fp32, where torch or the processor does not offer it, or for so few ``tokens``
    that packing would take longer than it saves.
    """
    layers = _layers(model) if device == "cpu" and bf16 and tokens >= TOKENS and _possible() else []
    for layer in layers:
        layer.forward = _forward(layer)  # an attribute of the object hides the method of its class
    try:
        yield
    finally:
        for layer in layers:
            vars(layer).pop("forward", None)  # another thread may have scored with the same model and been quicker


def _layers(model: "PreTrainedModel") -> list[Any]:
    """Plain linear layers of the encoder that nobody has given another forward pass."""
    return [
        module
        for module in model.base_model.modules()
        if type(module) is torch.nn.Linear and module.weight.numel() >= SMALLEST and "forward" not in vars(module)
    ]


def _forward(layer: torch.nn.Linear) -> Any:
    weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach().bfloat16(), TOKENS)
    bias = None if layer.bias is None else layer.bias.detach().bfloat16()

    def forward(input: torch.Tensor) -> torch.Tensor:
        return torch.ops.mkldnn._linear_pointwise(input.bfloat16(), weight, bias, "none", [], "")

    return forward


def _possible() -> bool:
    """Whether torch has the functions and oneDNN the bf16 products of this processor."""
    functions = torch.ops.mkldnn
    needed = ("_is_mkldnn_bf16_supported", "_reorder_linear_weight", "_linear_pointwise")
    there = torch.backends.mkldnn.is_available() and all(hasattr(functions, name) for name in needed)
    return there and bool(functions._is_mkldnn_bf16_supported())
