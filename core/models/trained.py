"""What a strategy trains of a model: the plan of a model that is there, and the count before anything is loaded."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.config import RunConfig
from core.errors import GraftError
from core.models.beside import is_beside
from core.models.depths import depths, weights_of
from core.strategies.plan import Encoder, Plan
from core.strategies.registry import STRATEGIES

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights that a strategy trains, and all of the model's; ``why_not`` says why it does not fit this source."""

    trained: int
    total: int
    why_not: str = ""


def plan(model: "PreTrainedModel", config: RunConfig) -> Plan:
    """What the config's strategy trains of ``model``; frozen parameters (an averaging layer) are never included.

    Raises:
        SourceError: when the strategy does not fit the architecture.
    """
    depth, layers = depths(model)
    movable = {name: level for name, level in depth.items() if model.get_parameter(name).requires_grad}
    encoder = Encoder(movable, layers, str(model.config.model_type))
    return STRATEGIES[config.strategy].plan(encoder, config)


def size(model: "PreTrainedModel", config: RunConfig) -> int:
    """Weights of the model that a run leaves behind: what an adapter adds is merged, an averaging layer is no weight, and heads beside
    its own are given up."""
    adapter = STRATEGIES[config.strategy].adapter
    left = ((name, weight) for name, weight in weights_of(model) if not is_beside(name))
    return sum(weight.numel() for name, weight in left if not (adapter and adapter.mark in name))


def trained_weights(config: RunConfig, classes: int) -> Trained:
    """Counted on the architecture alone, whose weights are never made.

    Raises:
        SourceError: when the source's architecture is not at hand.
    """
    if not config.source:
        return Trained(0, 0, "It has no source whose weights could be trained.")
    read = tuple((name, getattr(config, name)) for name in STRATEGIES[config.strategy].settings)
    return _count(config.model, config.revision, config.strategy, read, classes)


@lru_cache(maxsize=256)
def _count(
    model: str, revision: str | None, strategy: str, settings: tuple[tuple[str, Any], ...], classes: int
) -> Trained:
    """``settings``: name and value of those that the strategy reads."""
    import torch
    from transformers import AutoModelForSequenceClassification

    from core.models import pooling
    from core.models.adapters import attach
    from core.models.errors import explained
    from core.models.soundness import read_config
    from core.models.sources import locate_here

    config = RunConfig("x", model=model, strategy=strategy, **dict(settings))
    where, extra = locate_here(model, revision)
    architecture = read_config(model, where, extra)
    with explained(model):
        architecture.num_labels = classes
        pooling.forget(architecture)
        with torch.device("meta"):
            skeleton = AutoModelForSequenceClassification.from_config(architecture)
    total = size(skeleton, config)
    try:
        with torch.device("meta"):
            attach(skeleton, config)
        names = plan(skeleton, config).rates
    except GraftError as error:
        return Trained(0, total, error.message)
    return Trained(sum(skeleton.get_parameter(name).numel() for name in names), total)
