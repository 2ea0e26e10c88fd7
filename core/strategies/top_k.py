"""Top layers: those below stand still, so that texts run through them once."""

from core.errors import SourceError
from core.strategies.plan import Encoder, Plan, Settings
from core.strategies.strategy import Strategy


def top_layers(encoder: Encoder, settings: Settings) -> Plan:
    """The layers from the top that the setting ``top_layers`` counts, and the head.

    Raises:
        SourceError: when these are all layers.
    """
    frozen = encoder.layers - settings.top_layers
    if frozen < 1:
        raise SourceError(
            f"This source has {encoder.layers} layers, so its top {settings.top_layers} are all of it.",
            "Train fewer top layers, or choose full fine-tuning.",
        )
    return Plan({name: 1.0 for name, level in encoder.depth.items() if level > frozen}, {}, encoder.layers, frozen)


def share_of_layers(settings: Settings, layers: int) -> float:
    """Steps go through the top layers only."""
    return min(1.0, settings.top_layers / layers)


TOP_K = Strategy(
    name="top_k",
    title="Top layers",
    sentence="Train only the top layers; those below stay as they are. Cheap, for targets close to the source.",
    plan=top_layers,
    settings=("top_layers",),
    encodes_first=True,
    few_weights=True,
    step_cost=share_of_layers,
)
