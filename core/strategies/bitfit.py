"""BitFit (Zaken et al., 2022): biases and the head."""

from core.errors import SourceError
from core.strategies.cost import step_without_large_gradients
from core.strategies.plan import Encoder, Plan, Settings
from core.strategies.strategy import Strategy


def biases_and_head(encoder: Encoder, settings: Settings) -> Plan:
    """The biases of embeddings and layers, and all of the head.

    Raises:
        SourceError: when the encoder has no biases.
    """
    biases = {name for name, level in encoder.depth.items() if level <= encoder.layers and name.endswith(".bias")}
    if not biases:
        raise SourceError(
            f"BitFit trains biases, and encoders of the kind {encoder.kind} have none.",
            "Choose lora or top_k: they are as cheap.",
        )
    trained = [name for name, level in encoder.depth.items() if name in biases or level == encoder.head]
    return Plan(dict.fromkeys(trained, 1.0), {}, encoder.layers)


BITFIT = Strategy(
    name="bitfit",
    title="Biases only",
    sentence="Train only the biases and the classifier. Cheap, and hard to overfit.",
    plan=biases_and_head,
    rate_factor=10.0,
    few_weights=True,
    step_cost=step_without_large_gradients,
)
