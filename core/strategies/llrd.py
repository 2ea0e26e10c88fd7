"""Layer-wise rate decay: every layer moves, lower ones in smaller steps."""

from core.strategies.plan import Encoder, Plan, Settings
from core.strategies.strategy import Strategy


def decaying_rates(encoder: Encoder, settings: Settings) -> Plan:
    """Each layer's rate is ``layer_decay`` of that of the layer above it."""
    rates = {name: settings.layer_decay ** (encoder.head - level) for name, level in encoder.depth.items()}
    return Plan(rates, {}, encoder.layers)


LLRD = Strategy(
    name="llrd",
    title="Layer-wise rates",
    sentence="Every layer is trained, lower ones in smaller steps. A little gentler than full fine-tuning.",
    plan=decaying_rates,
    settings=("layer_decay",),
)
