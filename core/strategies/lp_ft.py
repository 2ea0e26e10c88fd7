"""LP-FT (Kumar et al., 2022): the last layer is fitted first, so that the encoder is not bent to a random one."""

from core.strategies.strategy import Strategy
from core.strategies.teacher import FEATURES_THEN_STEPS

LP_FT = Strategy(
    name="lp_ft",
    title="Probe, then fine-tuning",
    sentence="Train the classifier first, then every layer in small steps. Keeps more of the source on unusual texts.",
    teacher=FEATURES_THEN_STEPS,
    rate_factor=0.5,
    encodes_first=True,
)
