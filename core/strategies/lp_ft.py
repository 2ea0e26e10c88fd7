"""LP-FT (Kumar et al., 2022): the last layer is fitted first, so that the encoder is not bent to a random one."""

from core.strategies.strategy import FEW_ROWS_OF_MANY, Strategy
from core.strategies.teacher import FEATURES_THEN_STEPS

LP_FT = Strategy(
    name="lp_ft",
    title="Probe, then fine-tuning",
    sentence="Train the classifier first, then every layer in small steps. Keeps more of the source on unusual texts.",
    teacher=FEATURES_THEN_STEPS,
    chosen_for=FEW_ROWS_OF_MANY,
    chosen_because="a head that is fitted first keeps what the source knows",
    rate_factor=0.5,
    encodes_first=True,
)
