"""The size of a source's encoder, from its config alone."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """An encoder's size: parameters in all, those outside the embeddings, layers, and width."""

    parameters: int
    working: int
    layers: int
    width: int


def shape_of(model: str, revision: str | None = None) -> Shape:
    """The size of a source, without its weights.

    Raises:
        SourceError: when the source is not at hand.
    """
    from core.models.sources import locate_here

    where, extra = locate_here(model, revision)
    return _shape(where, tuple(sorted(extra.items())))


@lru_cache(maxsize=32)
def _shape(where: str, extra: tuple[tuple[str, Any], ...]) -> Shape:
    from core.models.soundness import read_config

    config = read_config(where, where, dict(extra))
    width = int(getattr(config, "hidden_size", 0) or getattr(config, "dim", 768))
    layers = int(getattr(config, "num_hidden_layers", 0) or getattr(config, "n_layers", 12))
    inner = int(getattr(config, "intermediate_size", 0) or getattr(config, "hidden_dim", 4 * width))
    gated = 3 if "modernbert" in str(config.model_type) else 2
    working = layers * (4 * width * width + gated * width * inner)
    embeddings = (config.vocab_size + int(getattr(config, "max_position_embeddings", 512))) * width
    return Shape(working + embeddings, working, layers, width)
