"""The linear probe: the source stays as it is, and the last layer is fitted on what it says of each text."""

from core.strategies.plan import Encoder, Plan, Settings
from core.strategies.strategy import Strategy
from core.strategies.teacher import FEATURES


def last_layer_alone(encoder: Encoder, settings: Settings) -> Plan:
    """Weight and bias of the layer that gives the logits."""
    names = [name for name, level in encoder.depth.items() if level == encoder.head and "pooler" not in name]
    return Plan(dict.fromkeys(names[-2:], 1.0), {}, encoder.layers)


LINEAR_PROBE = Strategy(
    name="linear_probe",
    title="Linear probe",
    sentence="Keep the pretrained encoder as it is and train only a classifier on top. Fast, forgets nothing.",
    common=True,
    plan=last_layer_alone,
    teacher=FEATURES,
    encodes_first=True,
)
