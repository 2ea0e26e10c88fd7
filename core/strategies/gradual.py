"""Gradual thawing, ULMFiT's recipe (Howard and Ruder, 2018): a layer at a time from the top, lower ones in smaller steps."""

from core.strategies.plan import Encoder, Plan, Settings
from core.strategies.strategy import Strategy

DECAY = 1 / 2.6  # each layer's rate beside that of the one above it (Howard and Ruder, 2018)
THAWING = 0.5  # share of the training after which every layer moves


def thaw_from_the_top(encoder: Encoder, settings: Settings) -> Plan:
    """The head first, then a layer at a time from the top; the embeddings last."""
    rates = {name: DECAY ** max(0, encoder.layers - level) for name, level in encoder.depth.items()}
    opens = {
        name: THAWING * (encoder.head - level) / (encoder.head + 1)
        for name, level in encoder.depth.items()
        if level < encoder.head
    }
    return Plan(rates, opens, encoder.layers)


def growing_work(share: float) -> float:
    """Begins with little more than a forward pass, a third of a step, and grows to whole steps as the last layer opens."""
    opening = min(share, THAWING)
    return share / 3 + 2 / 3 * (opening**2 / (2 * THAWING) + share - opening)


GRADUAL = Strategy(
    name="gradual",
    title="Gradual thawing",
    sentence="Thaw a layer at a time from the top, lower ones in smaller steps (ULMFiT). For few rows, gentle.",
    plan=thaw_from_the_top,
    thaws=True,
    default_schedule="slanted",
    work_done=growing_work,
)
