"""Memory for time: inner values of the layers are computed again on the way back instead of being kept."""

from typing import TYPE_CHECKING

from core.errors import SourceError

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def recompute_layers(model: "PreTrainedModel") -> None:
    """Keep only what enters each layer while training (Chen et al., 2016); the gradients are the same.

    Raises:
        SourceError: when the architecture cannot.
    """
    if not model.supports_gradient_checkpointing:
        raise SourceError(
            f"Encoders of the kind {model.config.model_type} cannot save memory by computing twice.",
            "Turn the setting `recompute` off and lower the batch size instead.",
        )
    model.activation_checkpointing_enable()
