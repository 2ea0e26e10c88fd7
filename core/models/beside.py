"""Heads that a classifier holds beside its own for the length of a training, so that they are trained, saved and restored with it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

HEADS = "beside_"  # begins their names


def attach_head(model: "PreTrainedModel", name: str, head: "torch.nn.Module") -> None:
    """Let ``model`` hold one more head."""
    model.add_module(f"{HEADS}{name}", head)


def give_up_heads(model: "PreTrainedModel") -> None:
    """Take all such heads out of a model."""
    for name, _ in list(model.named_children()):
        if name.startswith(HEADS):
            delattr(model, name)


def is_beside(name: str) -> bool:
    """Whether a weight belongs to such a head."""
    return name.startswith(HEADS)
