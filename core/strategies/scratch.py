"""From scratch: the control that shows what the transfer was worth."""

from core.strategies.strategy import Strategy

SCRATCH = Strategy(
    name="scratch",
    title="From scratch",
    sentence="Same architecture, random weights: what the model learns without any transfer. The honest control.",
    common=True,
    from_scratch=True,
    rate_factor=3.0,  # random weights bear, and need, more
)
