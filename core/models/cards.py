"""What a strategy trains of a source, told before anything is loaded."""

from dataclasses import dataclass
from functools import lru_cache

from core.config import RunConfig
from core.errors import GraftError


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights that a strategy trains, and all of the model's; ``why_not`` says why it does not fit this source."""

    trained: int
    total: int
    why_not: str = ""


def trained_weights(config: RunConfig, classes: int) -> Trained:
    """Counted on the architecture alone, whose weights are never made.

    Raises:
        SourceError: when the source's architecture is not at hand.
    """
    return _count(config.model, config.revision, config.strategy, config.top_layers, config.lora_rank, classes)


@lru_cache(maxsize=256)
def _count(model: str, revision: str | None, strategy: str, top_layers: int, lora_rank: int, classes: int) -> Trained:
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification

    from core.models import pooling as pools
    from core.models.errors import explained
    from core.models.sources import locate
    from core.models.strategies import attach, depths, plan

    config = RunConfig("x", model=model, strategy=strategy, top_layers=top_layers, lora_rank=lora_rank)
    where, extra = locate(model, revision)
    with explained(model):
        architecture = AutoConfig.from_pretrained(where, **extra)
        architecture.num_labels = classes
        pools.forget(architecture)
        with torch.device("meta"):
            skeleton = AutoModelForSequenceClassification.from_config(architecture)
    total = sum(weight.numel() for weight in skeleton.parameters())
    if strategy == "linear_probe":
        level, layers = depths(skeleton)
        head = [name for name, depth in level.items() if depth == layers + 1 and "pooler" not in name]
        return Trained(sum(skeleton.get_parameter(name).numel() for name in head[-2:]), total)
    try:
        with torch.device("meta"):
            attach(skeleton, config)
        names = plan(skeleton, config).rates
    except GraftError as error:
        return Trained(0, total, error.message)
    return Trained(sum(skeleton.get_parameter(name).numel() for name in names), total)
