"""LoRA (Hu et al., 2021): low-rank additions to the queries and values of the attention."""

import re
from typing import TYPE_CHECKING, Any

from core.strategies.adapter import Adapter, linear_parts
from core.strategies.cost import step_without_large_gradients
from core.strategies.plan import Settings
from core.strategies.strategy import Strategy

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# names of linear parts inside a layer: queries and values (Hu et al., 2021, section 4.2)
QUERY_VALUE = re.compile(
    r"attention\.self\.(query|value)|attention\.(q_lin|v_lin)|attention\.attn\.(q|v)|attention\.self\."
    r"(query_proj|value_proj|in_proj)|attn\.Wqkv"
)


def low_rank_additions(model: "PreTrainedModel", settings: Settings) -> Any:
    """A ``LoraConfig`` of rank ``lora_rank``.

    Raises:
        SourceError: when the attention's parts are not known in this architecture.
    """
    from peft import LoraConfig

    rank, parts = settings.lora_rank, linear_parts(model, QUERY_VALUE, LORA.name)
    return LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.1, target_modules=parts)


_ADAPTER = Adapter("lora_", low_rank_additions)
LORA = Strategy(
    name="lora",
    title="LoRA",
    sentence="Train small additions to the attention (LoRA), merged in at the end. Few weights, little memory.",
    common=True,
    plan=_ADAPTER.plan,
    adapter=_ADAPTER,
    settings=("lora_rank",),
    rate_factor=8.0,
    few_weights=True,
    step_cost=step_without_large_gradients,
)
