"""Adapters in a model: a strategy's additions are put in before the training and merged after it."""

from typing import TYPE_CHECKING

from core.config import RunConfig
from core.strategies.registry import STRATEGIES

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def attach(model: "PreTrainedModel", config: RunConfig) -> None:
    """Add the adapter of the config's strategy in place; most strategies have none, and then nothing happens.

    Raises:
        SourceError: when the architecture has no parts that the adapter could sit on.
    """
    adapter = STRATEGIES[config.strategy].adapter
    if adapter is None:
        return
    import torch
    from peft import inject_adapter_in_model

    torch.manual_seed(config.seed)
    peft_config = adapter.peft_config(model, config)
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    inject_adapter_in_model(peft_config, model)
    for name, weight in model.named_parameters():  # peft freezes all that is not its own; the plan decides here
        weight.requires_grad_(name in trained or adapter.mark in name)


def detach(model: "PreTrainedModel") -> None:
    """Merge adapters into the weights that they sit on, so that the model is a plain one again; one without stays as it is."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    for name, module in list(model.named_modules()):
        if isinstance(module, BaseTunerLayer):
            module.merge(safe_merge=True)
            parent, _, own_name = name.rpartition(".")
            setattr(model.get_submodule(parent), own_name, module.get_base_layer())
