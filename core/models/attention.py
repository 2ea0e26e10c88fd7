"""Attention on a CPU, a few rows at a time, so that the weights of one piece stay in the processor's cache.

Plain matrix products, forward and backward, on pieces that fit the cache and with keys filled up to a multiple of what
the vector units take at once; torch's flash kernel was slower at every length from 12 to 2,000 tokens
(docs/benchmarks.md), and serves longer texts, whose attention weights would take too much memory. Attention weights are
not dropped out; the dropout inside the layers remains. On three data sets and five seeds that made no difference to
accuracy that could be shown (docs/benchmarks.md).
"""

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

NAME = "graft_cpu"
PIECE = 1_500_000  # bytes of attention weights that are computed at once: about what the caches of two cores hold
LANES = 32  # numbers of 16 bits that a vector register holds; softmax over other lengths takes twice as long
LONGEST = 2048  # tokens up to which attention weights of one row may be held at once
KEPT = 512  # tokens up to which the weights are kept for the way back; beyond, they are computed again


def use_fast_attention(model: "PreTrainedModel", device: str) -> bool:
    """Let ``model`` attend by the path that is fast on a CPU; False where it stays as it is.

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
    module: torch.nn.Module, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    attention_mask: torch.Tensor | None, scaling: float | None = None, **_: Any,
) -> tuple[torch.Tensor, None]:  # fmt: skip
    """Attention without dropout of its weights.

    Args:
        query, key, value: (rows, heads, tokens, head width).
        attention_mask: (rows, 1, tokens or 1, tokens) bool, True where a token may be seen; None where all may.

    Returns:
        (rows, tokens, heads, head width), and no weights.
    """
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    tokens = key.shape[2]
    if tokens > LONGEST:
        out = torch.nn.functional.scaled_dot_product_attention(query, key, value, attention_mask, scale=scale)
        return out.transpose(1, 2).contiguous(), None
    more = -tokens % LANES
    bias = None
    if attention_mask is not None or more:
        seen = attention_mask if attention_mask is not None else query.new_ones((1, 1, 1, tokens), dtype=torch.bool)
        bias = query.new_full((*seen.shape[:3], tokens + more), torch.finfo(query.dtype).min)
        bias[..., :tokens].masked_fill_(seen, 0.0)
        bias = bias.expand(len(query), -1, -1, -1)
    return _Attention.apply(query, key, value, bias, scale), None


class _Attention(torch.autograd.Function):
    """softmax(scale query key' + bias) value; the bias, where there is one, tells how long keys and values are made."""

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor | None, scale: float
    ) -> torch.Tensor:
        rows, heads, tokens, width = query.shape
        longer = key.shape[2] if bias is None else bias.shape[3]
        query = torch.mul(query, scale, out=query.new_empty(query.shape))
        key, value = _heads_first(key, longer), _heads_first(value, longer)
        out = query.new_empty(rows, tokens, heads, width)
        keeps, kept = any(ctx.needs_input_grad) and tokens <= KEPT, []
        for at in _pieces(query, key):
            weights = _weights(query[at], key[at], bias, at)
            out[at] = torch.matmul(weights, value[at]).transpose(1, 2)
            if keeps:
                kept.append(weights)
        ctx.save_for_backward(query, key, value, bias, *kept)
        ctx.scale = scale
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value, bias, *kept = ctx.saved_tensors
        tokens = query.shape[2]
        of_out = gradients[0].transpose(1, 2).contiguous()
        of_query, of_key, of_value = (torch.empty_like(gradients[0]) for _ in range(3))
        for number, at in enumerate(_pieces(query, key)):
            weights = kept[number] if kept else _weights(query[at], key[at], bias, at)
            # the short side of a product comes first: transposing the weights instead takes half as long again
            of_value[at] = torch.matmul(of_out[at].transpose(2, 3), weights)[..., :tokens].permute(0, 3, 1, 2)
            of_weights = torch.matmul(of_out[at], value[at].transpose(2, 3))
            of_scores = torch._softmax_backward_data(of_weights, weights, -1, weights.dtype)
            of_query[at] = torch.matmul(of_scores, key[at]).transpose(1, 2)
            of_key[at] = torch.matmul(query[at].transpose(2, 3), of_scores)[..., :tokens].permute(0, 3, 1, 2)
        of_query *= ctx.scale
        return *(each.transpose(1, 2) for each in (of_query, of_key, of_value)), None, None


def _weights(query: torch.Tensor, key: torch.Tensor, bias: torch.Tensor | None, at: slice) -> torch.Tensor:
    """(rows, heads, tokens, tokens) of one piece; each line sums to 1."""
    scores = torch.matmul(query, key.transpose(2, 3))
    if bias is not None:
        scores += bias[at]
    return torch.softmax(scores, dim=-1)


def _pieces(query: torch.Tensor, key: torch.Tensor) -> list[slice]:
    """The rows in pieces whose attention weights take about ``PIECE`` bytes."""
    rows, heads, tokens, _ = query.shape
    step = max(1, PIECE // (heads * tokens * key.shape[2] * query.element_size()))
    return [slice(start, start + step) for start in range(0, rows, step)]


def _heads_first(states: torch.Tensor, longer: int) -> torch.Tensor:
    """(rows, heads, longer, width), so in memory too, with zeros behind the last token."""
    rows, heads, tokens, width = states.shape
    out = states.new_empty(rows, heads, longer, width)
    out[:, :, :tokens] = states
    out[:, :, tokens:] = 0.0
    return out
