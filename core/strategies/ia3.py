"""IA³ (Liu et al., 2022): scales of keys, values, and what enters the last feed-forward product of each layer."""

import re
from typing import TYPE_CHECKING, Any

from core.strategies.adapter import Adapter, linear_parts
from core.strategies.cost import step_without_large_gradients
from core.strategies.plan import Settings
from core.strategies.strategy import Strategy

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# names of linear parts inside a layer
KEY_VALUE = re.compile(
    r"attention\.self\.(key|value)|attention\.(k_lin|v_lin)|attention\.attn\.(k|v)|attention\.self\."
    r"(key_proj|value_proj|in_proj)|attn\.Wqkv"
)
FEED_FORWARD = re.compile(r"layers?\.\d+\.(output\.dense|ffn\.lin2|mlp\.Wo)")


def scales(model: "PreTrainedModel", settings: Settings) -> Any:
    """An ``IA3Config``.

    Raises:
        SourceError: when the parts are not known in this architecture.
    """
    from peft import IA3Config

    keys_and_values, feed_forward = (linear_parts(model, pattern, IA3.name) for pattern in (KEY_VALUE, FEED_FORWARD))
    return IA3Config(target_modules=keys_and_values + feed_forward, feedforward_modules=feed_forward)


_ADAPTER = Adapter("ia3_", scales)
IA3 = Strategy(
    name="ia3",
    title="IA³",
    sentence="Train only scales inside each layer (IA³), merged in at the end. The fewest weights of all.",
    plan=_ADAPTER.plan,
    adapter=_ADAPTER,
    rate_factor=30.0,
    few_weights=True,
    step_cost=step_without_large_gradients,
)
