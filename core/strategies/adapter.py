"""Adapters: small trained parts that are added to an encoder's linear parts and merged into them at the end."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import SourceError
from core.strategies.plan import Encoder, Plan, Settings

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, slots=True)
class Adapter:
    """What is added.

    Attributes:
        mark: stands in the name of every parameter that is added.
        peft_config: peft's description of the adapter for a model.
            Raises SourceError when the architecture has no parts that it could sit on.
    """

    mark: str
    peft_config: "Callable[[PreTrainedModel, Settings], Any]"

    def plan(self, encoder: Encoder, settings: Settings) -> Plan:
        """The added parts and the head are trained."""
        names = [name for name, level in encoder.depth.items() if level == encoder.head or self.mark in name]
        return Plan(dict.fromkeys(names, 1.0), {}, encoder.layers)


def linear_parts(model: "PreTrainedModel", pattern: re.Pattern[str], adapter: str) -> list[str]:
    """Full names of the linear parts that ``pattern`` names; parts that are not trained (an averaging layer) are left out.

    Raises:
        SourceError: when there are none, naming the ``adapter`` that looked for them.
    """
    import torch

    names = [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        and pattern.search(name)
        and all(weight.requires_grad for weight in module.parameters())
    ]
    if not names:
        raise SourceError(
            f"Graft does not know where {adapter} sits in encoders of the kind {model.config.model_type}.",
            "Choose full fine-tuning, top_k or bitfit for this source.",
        )
    return names
