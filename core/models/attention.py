"""Attention on a CPU: by plain matrix products for short texts, by torch's flash kernel for long ones.

Neither drops attention weights out: flash attention cannot on a CPU, and the dropout inside the layers remains. On two
data sets and five seeds that made no difference to accuracy that could be shown (docs/benchmarks.md).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

NAME = "graft_cpu"
SHORT = 256  # tokens up to which the plain products are faster, forward and backward together (docs/benchmarks.md)
SHORT_FORWARD = 96  # the same for a forward pass alone: flash attention loses its time on the way back


def use_fast_attention(model: "PreTrainedModel", device: str) -> bool:
    """Let ``model`` attend by the path that is fast at each batch's length; False where it stays as it is.

    Architectures with an attention of their own (DeBERTa, MPNet) and devices other than the CPU are left alone.
    """
    from transformers import AttentionInterface
    from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

    if device != "cpu" or not model._can_set_attn_implementation() or not model._supports_sdpa:
        return False
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)
    return True


def attend(
    module: "torch.nn.Module", query: "torch.Tensor", key: "torch.Tensor", value: "torch.Tensor",
    attention_mask: "torch.Tensor | None", scaling: float | None = None, **_: Any,
) -> "tuple[torch.Tensor, None]":  # fmt: skip
    """Attention without dropout of its weights.

    Args:
        query, key, value: (rows, heads, tokens, head width).
        attention_mask: (rows, 1, tokens or 1, tokens) bool, True where a token may be seen; None where all may.

    Returns:
        (rows, tokens, heads, head width), and no weights.
    """
    import torch

    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    if query.shape[2] > (SHORT if torch.is_grad_enabled() else SHORT_FORWARD):
        out = torch.nn.functional.scaled_dot_product_attention(query, key, value, attention_mask, scale=scale)
        return out.transpose(1, 2).contiguous(), None
    scores = torch.matmul(query * scale, key.transpose(2, 3))  # (rows, heads, tokens, tokens)
    if attention_mask is not None:
        scores.masked_fill_(~attention_mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    return torch.matmul(weights, value).transpose(1, 2).contiguous(), None
