"""Full fine-tuning: every layer moves from the start."""

from core.strategies.strategy import Strategy

FULL = Strategy(
    name="full",
    title="Full fine-tuning",
    sentence="Fine-tune every layer. The default: best with a few hundred labelled rows or more.",
    common=True,
)
