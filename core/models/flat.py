"""A batch as one row of tokens without padding, for classifiers of the BERT, RoBERTa, ELECTRA, DistilBERT and ModernBERT kinds.

The models stay as transformers wrote them. Three places are told where each text begins, through the keyword arguments
that transformers hands down to its attention (``cu_seq_lens_q``, ``max_length_q``): the attention, which must not look
across texts; the mask, which must not be built; and the end of the encoder, where each text's tokens become one vector.
A forward pass without these arguments is the ordinary padded one, so a prepared model serves both, from any thread.

Inferring the bounds from the positions, as transformers can, would make the device wait in each layer. Query, key and
value of BERT's kind come out of one product instead of three, which a card computes faster.
"""

from itertools import pairwise
from threading import Lock
from types import MethodType
from typing import TYPE_CHECKING, Any

from core.models.pooling import LAYERED, MARK, segment_means

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedModel

NAME = "graft_flat"
PREPARED, TRAINED_SO = "_graft_takes_flat_batches", "_graft_trains_on_flat_batches"  # marks on a model
ENCODERS = {
    "modernbert": "",
    "distilbert": "transformer",
}  # the module whose end gives the tokens' vectors; "encoder" elsewhere
COUNT_FROM_PADDING = ("roberta", "xlm-roberta", "camembert")  # their first position is that of padding, plus one
PARTS = ("query", "key", "value")  # the products of an attention of BERT's kind
_preparing = Lock()


def can_be_flat(config: "PretrainedConfig") -> bool:
    """Whether this architecture is known here, with heads of a size that the unpadded kernel takes."""
    heads = getattr(config, "num_attention_heads", None)
    width = getattr(config, "hidden_size", None)
    known = config.model_type in (*LAYERED, *ENCODERS)
    absolute = getattr(config, "position_embedding_type", None) in (None, "absolute")
    decoder = getattr(config, "is_decoder", False)
    return bool(known and absolute and not decoder and heads and width and (width // heads) % 8 == 0)


def train_flat(model: "PreTrainedModel") -> None:
    """Agree to train on flat batches, which drop no attention weights out: the kernel cannot."""
    setattr(model, TRAINED_SO, True)


def trains_flat(model: "PreTrainedModel") -> bool:
    """Whether ``train_flat`` was agreed to."""
    return bool(getattr(model, TRAINED_SO, False))


def runs_flat(model: "PreTrainedModel", device: str) -> bool:
    """Whether batches of ``model`` go without padding: on a CUDA card, in bf16 (its weights, or autocast now), of a known kind."""
    import torch

    return (
        device.startswith("cuda")
        and (not model.training or trains_flat(model))
        and (model.dtype == torch.bfloat16 or _casts_to_bf16())
        and can_be_flat(model.config)
    )


def first_position(config: "PretrainedConfig") -> int:
    """The position number of a text's first token."""
    return int(config.pad_token_id or 0) + 1 if config.model_type in COUNT_FROM_PADDING else 0


def flat_logits(model: "PreTrainedModel", batch: "dict[str, Any]") -> "torch.Tensor":
    """Raw scores (rows, classes) of a batch from ``collate_flat``."""
    prepare(model)
    return model(**batch).logits


def prepare(model: "PreTrainedModel") -> None:
    """Let ``model`` take flat batches too; done once, padded batches go on as before (by sdpa)."""
    import torch
    from transformers import AttentionInterface
    from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

    with _preparing:
        if model.config._attn_implementation != NAME:  # another path may have been set since, on another device
            AttentionInterface.register(NAME, attend)
            AttentionMaskInterface.register(
                NAME, sdpa_mask
            )  # for padded batches; flat ones bring what stands for a mask
            model.set_attn_implementation(NAME)
        if getattr(model, PREPARED, False):
            return
        base = model.base_model
        base.register_forward_pre_hook(_without_mask, with_kwargs=True)
        end = base.get_submodule(ENCODERS.get(model.config.model_type, "encoder"))
        end.register_forward_hook(_one_vector_a_text, with_kwargs=True)
        for module in base.modules():
            if all(isinstance(getattr(module, part, None), torch.nn.Linear) for part in PARTS):
                attention: Any = module
                attention._each_alone = attention.forward
                attention.forward = MethodType(
                    _all_at_once, attention
                )  # bound, so that a copy of the model gets its own
        setattr(model, PREPARED, True)


def attend(
    module: "torch.nn.Module", query: "torch.Tensor", key: "torch.Tensor", value: "torch.Tensor",
    attention_mask: "torch.Tensor | None", scaling: float | None = None, sliding_window: int | None = None,
    cu_seq_lens_q: "torch.Tensor | None" = None, max_length_q: int | None = None, **others: Any,
) -> "tuple[torch.Tensor, None]":  # fmt: skip
    """Attention inside each text of a flat batch; a padded batch goes through sdpa.

    Attention weights are not dropped out in a flat batch: the kernel cannot, and dropout inside the layers remains.

    Args:
        query, key, value: (1, heads, tokens, head width).
        sliding_window: one more than the distance up to which a token sees others; None for all.
        cu_seq_lens_q: (rows + 1,) int32 on the device, where each text begins, and the end of the last.
        max_length_q: tokens of the longest text.

    Returns:
        (1, tokens, heads, head width), and no weights.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if cu_seq_lens_q is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **others)
    query, key, value = (each[0].transpose(0, 1) for each in (query, key, value))
    return _within_texts(query, key, value, cu_seq_lens_q, max_length_q, scaling, sliding_window).unsqueeze(0), None


def _all_at_once(
    self: Any, hidden_states: "torch.Tensor", *args: Any, cu_seq_lens_q: "torch.Tensor | None" = None,
    max_length_q: int | None = None, **others: Any,
) -> "tuple[torch.Tensor, None]":  # fmt: skip
    """What the attention of BERT's kind does, with one product for query, key and value of a flat batch.

    Layers that are more than a product (adapters) are left to transformers.
    """
    import torch

    layers = [getattr(self, part) for part in PARTS]
    if cu_seq_lens_q is None or any(type(layer) is not torch.nn.Linear for layer in layers):
        return self._each_alone(hidden_states, *args, cu_seq_lens_q=cu_seq_lens_q, max_length_q=max_length_q, **others)
    weight, bias = torch.cat([layer.weight for layer in layers]), torch.cat([layer.bias for layer in layers])
    together = torch.nn.functional.linear(hidden_states[0], weight, bias)
    together = together.view(len(together), len(PARTS), -1, self.attention_head_size)  # (tokens, 3, heads, width)
    query, key, value = together.unbind(1)
    out = _within_texts(query, key, value, cu_seq_lens_q, max_length_q, self.scaling)
    return out.reshape(hidden_states.shape), None


def _within_texts(
    query: "torch.Tensor", key: "torch.Tensor", value: "torch.Tensor", bounds: "torch.Tensor", longest: int | None,
    scaling: float | None, sliding_window: int | None = None,
) -> "torch.Tensor":  # fmt: skip
    """Attention of the tokens of each text among themselves: (tokens, heads, width) from three of that shape."""
    import torch

    reach = sliding_window - 1 if sliding_window else -1
    if not query.is_cuda or query.dtype == torch.float32:
        return _attend_each(query, key, value, bounds.tolist(), scaling, reach)
    from torch.nn.attention.varlen import varlen_attn

    most: Any = longest
    out: Any = varlen_attn(query, key, value, bounds, bounds, most, most, scale=scaling, window_size=(reach, reach))
    return out


def _attend_each(
    query: "torch.Tensor", key: "torch.Tensor", value: "torch.Tensor", bounds: list[int], scaling: float | None, reach: int
) -> "torch.Tensor":  # fmt: skip
    """The same, one text after the other: the reference by which tests judge, and the way of devices without the kernel."""
    import torch

    outs = []
    for start, stop in pairwise(bounds):
        mask = None
        if reach >= 0:
            at = torch.arange(stop - start, device=query.device)
            mask = (at[:, None] - at[None, :]).abs() <= reach  # (tokens, tokens)
        q, k, v = (each[start:stop].transpose(0, 1) for each in (query, key, value))
        outs.append(torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scaling))
    return torch.cat(outs, dim=1).transpose(0, 1)


def _casts_to_bf16() -> bool:
    import torch

    return torch.is_autocast_enabled("cuda") and torch.get_autocast_dtype("cuda") == torch.bfloat16


def _without_mask(module: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]] | None:
    """Before the encoder: keep transformers from building a mask of (tokens, tokens) over a flat batch."""
    if kwargs.get("cu_seq_lens_q") is None:
        return None
    if module.config.model_type == "modernbert":
        nothing: Any = {"full_attention": None, "sliding_attention": None}
    else:
        nothing = kwargs["cu_seq_lens_q"].new_zeros((1, 1, 1, 1))  # what has four dimensions is passed on as it is
    return args, kwargs | {"attention_mask": nothing}


def _one_vector_a_text(module: Any, args: Any, kwargs: dict[str, Any], output: Any) -> Any:
    """After the encoder: (1, tokens, width) becomes (rows, 1, width), which the heads read as they read padded rows."""
    bounds = kwargs.get("cu_seq_lens_q")
    if (
        bounds is None or getattr(getattr(module, "config", None), MARK, None) == "mean"
    ):  # the averaging layer has done it already
        return output
    states = output.last_hidden_state
    if getattr(getattr(module, "config", None), "classifier_pooling", None) == "mean":
        output.last_hidden_state = segment_means(states, bounds).to(states.dtype)
    else:
        output.last_hidden_state = states[0].index_select(0, bounds[:-1]).unsqueeze(1)
    return output
