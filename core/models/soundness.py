"""Whether the files of a source can be what they say: an impossible config, a tokenizer that is missing or belongs to
another model, weights of other shapes. Libraries meet these with made-up parts or with errors far from the cause."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from core.errors import SourceError
from core.models.errors import DAMAGED, brief, explained

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

SIZES = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
POSITIONS = "max_position_embeddings"


def read_config(source: str, where: str, extra: dict[str, Any]) -> "PretrainedConfig":
    """The architecture of a source.

    Args:
        where, extra: as ``core.models.sources.locate`` gives them.

    Raises:
        SourceError: when it cannot be read or is impossible.
    """
    from transformers import AutoConfig

    with explained(source):
        config = AutoConfig.from_pretrained(where, **extra)
    check_config(source, config)
    return config


def check_config(source: str, config: "PretrainedConfig") -> None:
    """Refuse sizes of which no model can be made.

    Raises:
        SourceError: naming the key and its value.
    """
    for name in (*SIZES, POSITIONS):
        value = getattr(config, name, None)
        least = 0 if name == POSITIONS and _counts_no_positions(config) else 1
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
            raise _impossible(source, f"{name} is {value!r}, and must be a whole number from {least}")
    width, heads = getattr(config, "hidden_size", None), getattr(config, "num_attention_heads", None)
    if width and heads and width % heads and not getattr(config, "head_dim", None):
        raise _impossible(source, f"hidden_size is {width}, which {heads} attention heads cannot share evenly")


def check_tokenizer(source: str, tokenizer: "PreTrainedTokenizerBase", vocabulary: int | None = None) -> None:
    """Refuse a tokenizer that was made up because its files are missing, or that knows more tokens than the model.

    Args:
        vocabulary: tokens that the model has vectors for, where that is known.

    Raises:
        SourceError: saying which of both.
    """
    with explained(source):
        ids = tokenizer.get_vocab()
        special = set(tokenizer.all_special_tokens)
    if set(ids) <= special:  # transformers invents one with nothing but its special tokens
        raise SourceError(
            f"The source {brief(source)} has no tokenizer: no file says how its texts become tokens.",
            "Add its tokenizer.json (or vocab.txt, or the files that its maker ships), as `save_pretrained` writes them.",
        )
    if vocabulary is not None and max(ids.values()) >= vocabulary:
        raise SourceError(
            f"The tokenizer of the source {brief(source)} knows {max(ids.values()) + 1:,} tokens and its config "
            f"{vocabulary:,} (vocab_size): they do not belong together.",
            "Copy the tokenizer and the config of one and the same model.",
        )


def check_weights(source: str, model: "PreTrainedModel", loading: dict[str, Any]) -> None:
    """Refuse weights that do not lie on the encoder: it would start out random without a word.

    Args:
        loading: what ``from_pretrained`` tells with ``output_loading_info``.

    Raises:
        SourceError: naming a tensor with both shapes, or that no tensor fits.
    """
    front = f"{model.base_model_prefix}."
    for name, given, wanted in sorted(loading["mismatched_keys"], key=lambda entry: str(entry[0])):
        if str(name).startswith(front):
            raise SourceError(
                f"The source {brief(source)} does not fit its own config: {name} is {_shape(given)} in its file and "
                f"{_shape(wanted)} by its config.json.",
                DAMAGED,
            )
    own = {name for name, _ in model.named_parameters() if name.startswith(front)}
    if own and own <= set(loading["missing_keys"]):
        raise SourceError(
            f"The source {brief(source)} holds none of the weights of its architecture ({model.config.model_type}).",
            "Its weights belong to another model; lay them onto it with weights:FILE@ARCHITECTURE, or copy it again.",
        )


def _impossible(source: str, what: str) -> SourceError:
    return SourceError(f"The config.json of the source {brief(source)} is impossible: {what}.", DAMAGED)


def _counts_no_positions(config: "PretrainedConfig") -> bool:
    """Whether the architecture may do without position vectors."""
    return "deberta" in str(getattr(config, "model_type", ""))


def _shape(sizes: Iterable[int]) -> str:
    return " × ".join(str(size) for size in sizes)
