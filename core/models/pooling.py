"""Pooling: how the vectors of a text's tokens become the one vector that the classifier reads.

Classifiers of BERT's kind read the vector of the first token. A sentence encoder was trained to be read by the mean of
all tokens, and reading it otherwise wastes part of what it knows. Since a saved model has to load elsewhere without
code of ours, the mean is written as one more layer of the same architecture, with fixed weights: queries and keys are
zero, so that attention is even over all tokens; values pass through; the feed-forward part adds nothing. Its output at
the first token is the mean, normalised. Here the mean is computed directly, which costs nothing.

MPNet adds to the scores of every layer what a token's distance is worth to each head, and no fixed weights take that away. There
the layer gives the mean as its heads weigh the places: of all-mpnet-base-v2 its cosine to the even mean is 0.97 to 0.99, that of
the first token 0.86 to 0.92.
"""

from typing import TYPE_CHECKING, Any

from core.errors import SourceError

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedModel

MARK = "graft_pooling"  # in a saved config: "mean" says that the last layer is the one that averages
WEIGHT = 32.0  # of the mean beside the first token, which the layer's skip connection adds
LAYERED = ("bert", "electra", "roberta", "xlm-roberta", "camembert")  # families whose layers have BERT's parts
BY_PLACE = "mpnet"  # its attention counts distances as well


def trained_pooling(where: str, config: "PretrainedConfig", extra: dict[str, Any]) -> str:
    """How a source is meant to be read: "mean" for sentence encoders that say so, else "cls".

    Args:
        where: folder or Hub name; the files of sentence-transformers are looked for there.
    """
    import json
    from pathlib import Path

    from transformers.utils import cached_file

    extra = {name: value for name, value in extra.items() if name != "trust_remote_code"}
    if getattr(config, MARK, None) or getattr(config, "classifier_pooling", None) == "mean":
        return "mean"
    try:
        file = cached_file(
            where, "1_Pooling/config.json", _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False, **extra,
        )  # fmt: skip
    except (OSError, ValueError):
        file = None
    try:
        settings = json.loads(Path(file).read_bytes()) if file else {}
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(f"The file {file} cannot be read.", "Copy or download the source again.") from error
    settings = settings if isinstance(settings, dict) else {}
    return "mean" if settings.get("pooling_mode_mean_tokens") else "cls"


def can_average(config: "PretrainedConfig") -> bool:
    """Whether ``average_tokens`` knows this architecture."""
    return config.model_type in (*LAYERED, BY_PLACE) or hasattr(config, "classifier_pooling")


def average_tokens(model: "PreTrainedModel") -> None:
    """Make a classifier read the mean of all tokens; the layer that does it is not trained.

    Raises:
        SourceError: when the architecture is not known here.
    """
    config = model.config
    if not can_average(config):
        raise SourceError(
            f"Mean pooling is not known for sources of the kind {config.model_type}.", "Choose the pooling auto or cls."
        )
    if hasattr(config, "classifier_pooling"):  # ModernBERT's kin have it built in
        config.classifier_pooling = "mean"
        return
    if getattr(config, MARK, None) != "mean":
        layers: Any = model.get_submodule(f"{model.base_model_prefix}.encoder.layer")
        layers.append(_averaging_layer(type(layers[-1]), config, len(layers)))
        config.num_hidden_layers = len(layers)
        setattr(config, MARK, "mean")
        _open_the_way(model)
    restore(model)


def restore(model: "PreTrainedModel") -> None:
    """After loading: freeze a saved averaging layer and compute it the quick way; other models are left alone."""
    if getattr(model.config, MARK, None) == "mean":
        layers: Any = model.get_submodule(f"{model.base_model_prefix}.encoder.layer")
        layer = layers[-1]
        layer.requires_grad_(False)
        layer.forward = _average_by_place if model.config.model_type == BY_PLACE else _average


def forget(config: "PretrainedConfig") -> None:
    """Take the averaging layer out of an architecture that is about to be built with random weights."""
    if getattr(config, MARK, None) == "mean":
        config.num_hidden_layers -= 1
        setattr(config, MARK, None)


def without_averaging(encoder: "PreTrainedModel") -> "PreTrainedModel":
    """A bare encoder that gives the vectors of its tokens, as the source did before a run added the averaging layer."""
    if getattr(encoder.config, MARK, None) == "mean":
        layers: Any = encoder.get_submodule("encoder.layer")
        del layers[-1]
    return encoder


def token_states(encoder: "PreTrainedModel", **batch: "torch.Tensor") -> "torch.Tensor":
    """(rows, tokens, width) vectors of the tokens, also where the last layer averages them: what enters it."""
    if getattr(encoder.config, MARK, None) != "mean":
        return encoder(**batch).last_hidden_state
    layers: Any = encoder.get_submodule("encoder.layer")
    entered: list[torch.Tensor] = []

    def see(layer: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        entered.append(given[0] if given else named["hidden_states"])

    hook = layers[-1].register_forward_pre_hook(see, with_kwargs=True)
    try:
        encoder(**batch)
    finally:
        hook.remove()
    return entered[0]


def _averaging_layer(kind: type, config: "PretrainedConfig", position: int) -> "torch.nn.Module":
    import torch

    by_place = config.model_type == BY_PLACE
    layer = kind(config) if by_place else kind(config, layer_idx=position)
    parts = dict(layer.named_modules())
    with torch.no_grad():
        for name, weight in layer.named_parameters():
            weight.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
        torch.nn.init.eye_(parts["attention.attn.v" if by_place else "attention.self.value"].weight).mul_(WEIGHT)
        torch.nn.init.eye_(parts["attention.attn.o" if by_place else "attention.output.dense"].weight)
    return layer


def segment_means(states: "torch.Tensor", bounds: "torch.Tensor") -> "torch.Tensor":
    """The mean of each text in a flat batch: (rows, 1, width) float32 from (1, tokens, width) and (rows + 1,) bounds."""
    import torch

    # unsafe skips checks for which the device would have to be waited for
    return torch.segment_reduce(states[0].float(), "mean", offsets=bounds, unsafe=True).unsqueeze(1)


def _average(
    hidden_states: "torch.Tensor", attention_mask: "torch.Tensor | None" = None, *_: Any,
    cu_seq_lens_q: "torch.Tensor | None" = None, **__: Any,
) -> "torch.Tensor":  # fmt: skip
    """What the averaging layer gives at the first token: (rows, 1, width) from (rows, tokens, width).

    The mask is (rows, tokens), or (rows, 1, queries, tokens) with True or 0 where a token counts. With
    ``cu_seq_lens_q`` the states are those of a flat batch, (1, tokens, width), and these the bounds of its texts.
    """
    import torch

    states = hidden_states.float()
    first = states[:, :1]
    if cu_seq_lens_q is not None:
        mean = segment_means(states, cu_seq_lens_q)
        first = states[0].index_select(0, cu_seq_lens_q[:-1]).unsqueeze(1)
    elif attention_mask is None:
        mean = states.mean(dim=1, keepdim=True)
    else:
        mask = attention_mask[:, 0, 0] if attention_mask.ndim == 4 else attention_mask  # (rows, tokens)
        counts = mask if mask.dtype == torch.bool or attention_mask.ndim == 2 else mask >= 0
        weights = counts.to(states.dtype).unsqueeze(1)  # (rows, 1, tokens)
        mean = weights @ states / weights.sum(dim=2, keepdim=True)
    read = torch.nn.functional.layer_norm(WEIGHT * mean + first, states.shape[-1:])
    return read.to(hidden_states.dtype)


def _average_by_place(
    hidden_states: "torch.Tensor", attention_mask: "torch.Tensor | None" = None, position_bias: "torch.Tensor | None" = None, **_: Any
) -> "tuple[torch.Tensor]":  # fmt: skip
    """As ``_average`` for MPNet, whose heads weigh the tokens by their places: ((rows, 1, width),).

    ``position_bias`` is (rows, heads, queries, tokens), added to the scores; the mask is (rows, 1, 1, tokens), added as well.
    """
    import torch

    states = hidden_states.float()
    rows, tokens, width = states.shape
    assert position_bias is not None  # MPNet always gives it
    scores = position_bias[:, :, 0].float()  # of the first token: (rows, heads, tokens)
    if attention_mask is not None:
        scores = scores + attention_mask[:, :, 0]
    by_head = states.view(rows, tokens, scores.shape[1], -1)
    mean = torch.einsum("rht,rthd->rhd", scores.softmax(-1), by_head).reshape(rows, 1, width)
    read = torch.nn.functional.layer_norm(WEIGHT * mean + states[:, :1], (width,))
    return (read.to(hidden_states.dtype),)


def _open_the_way(model: "PreTrainedModel") -> None:
    """Let the layer between encoder and classifier pass the mean on as it is; it is trained from there."""
    import torch

    pooler = getattr(model.base_model, "pooler", None)
    dense = getattr(pooler, "dense", None) or getattr(getattr(model, "classifier", None), "dense", None)
    if isinstance(dense, torch.nn.Linear):
        with torch.no_grad():
            torch.nn.init.eye_(dense.weight).mul_(0.5)  # keeps a normalised vector in the straight part of tanh
            dense.bias.zero_()
