"""What training costs beside full fine-tuning, whose step on a token costs 1."""

from core.strategies.plan import Settings


def whole_step(settings: Settings, layers: int) -> float:
    """Forward, and the gradients of all that is computed."""
    return 1.0


def step_without_large_gradients(settings: Settings, layers: int) -> float:
    """The gradients of the large weights are never computed: one of three products of matrices less."""
    return 2 / 3


def even_work(share: float) -> float:
    """Every step of the training costs the same."""
    return share
