"""Strategies: what of a model is trained, at which rate, and from when on.

One description serves them all: each parameter has a share of the learning rate (none means frozen) and the share of
the training after which it begins to move. Adapters (LoRA, IA³) add small trained parts first and are merged at the end.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.config import RunConfig
from core.errors import SourceError
from core.models.pooling import MARK

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

ADAPTERS = ("lora", "ia3")
GRADUAL_DECAY = 1 / 2.6  # each layer's rate beside that of the one above it (Howard and Ruder, 2018)
GRADUAL_SHARE = 0.5  # of the training, after which every layer moves
STACK = re.compile(r"(?:^|\.)(?:layer|layers)\.(\d+)\.")  # where transformers' encoders number their layers

# names of linear parts inside a layer: what LoRA changes (queries and values: Hu et al., 2021, section 4.2), and what IA³
# scales (keys, values, and what enters the last feed-forward product: Liu et al., 2022)
QUERY_VALUE = re.compile(
    r"attention\.self\.(query|value)|attention\.(q_lin|v_lin)|attention\.attn\.(q|v)|attention\.self\."
    r"(query_proj|value_proj|in_proj)|attn\.Wqkv"
)
KEY_VALUE = re.compile(
    r"attention\.self\.(key|value)|attention\.(k_lin|v_lin)|attention\.attn\.(k|v)|attention\.self\."
    r"(key_proj|value_proj|in_proj)|attn\.Wqkv"
)
FEED_FORWARD = re.compile(r"layers?\.\d+\.(output\.dense|ffn\.lin2|mlp\.Wo)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained.

    Attributes:
        rates: share of the learning rate by parameter name; a parameter that is not named stays as it is.
        opens: share of the training (0 to 1) after which a parameter begins to move, where that is not the start.
        layers: number of layers of the encoder.
        cut: so many layers from the bottom stay frozen together with the embeddings throughout; 0 for none.
    """

    rates: dict[str, float]
    opens: dict[str, float] = field(default_factory=dict)
    layers: int = 0
    cut: int = 0


def depths(model: "PreTrainedModel") -> tuple[dict[str, int], int]:
    """Depth of each parameter, and the number of layers: 0 for embeddings, 1 to layers, layers + 1 for what is above."""
    prefix = f"{model.base_model_prefix}."
    found: dict[str, int] = {}
    names = [name for name, _ in model.named_parameters()]
    numbers = [int(match[1]) for name in names if name.startswith(prefix) and (match := STACK.search(name))]
    layers = max(numbers, default=-1) + 1 - (getattr(model.config, MARK, None) == "mean")
    for name in names:
        match = STACK.search(name) if name.startswith(prefix) else None
        if match:
            found[name] = min(int(match[1]), layers) + 1
        elif name.startswith(prefix) and ("embeddings" in name or "relative_attention_bias" in name):
            found[name] = 0
        else:
            found[name] = layers + 1
    return found, layers


def plan(model: "PreTrainedModel", config: RunConfig) -> Plan:
    """What ``config.strategy`` trains of ``model``; frozen parameters (an averaging layer) are never included.

    Raises:
        SourceError: when the strategy does not fit the architecture.
    """
    depth, layers = depths(model)
    head = layers + 1
    movable = {name: level for name, level in depth.items() if model.get_parameter(name).requires_grad}
    if config.strategy == "top_k":
        cut = layers - config.top_layers
        if cut < 1:
            raise SourceError(
                f"This source has {layers} layers, so its top {config.top_layers} are all of it.",
                "Train fewer top layers, or choose full fine-tuning.",
            )
        return Plan({name: 1.0 for name, level in movable.items() if level > cut}, {}, layers, cut)
    if config.strategy == "llrd":
        return Plan({name: config.layer_decay ** (head - level) for name, level in movable.items()}, {}, layers)
    if config.strategy == "gradual":
        rates = {name: GRADUAL_DECAY ** max(0, layers - level) for name, level in movable.items()}
        # the head first, then a layer at a time from the top; the embeddings last
        opens = {
            name: GRADUAL_SHARE * (head - level) / (head + 1) for name, level in movable.items() if level < head
        }  # fmt: skip
        return Plan(rates, opens, layers)
    if config.strategy == "bitfit":
        biases = [name for name, level in movable.items() if level <= layers and name.endswith(".bias")]
        if not biases:
            raise SourceError(
                f"BitFit trains biases, and encoders of the kind {model.config.model_type} have none.",
                "Choose lora or top_k: they are as cheap.",
            )
        chosen = {*biases, *(name for name, level in movable.items() if level == head)}
        return Plan({name: 1.0 for name in movable if name in chosen}, {}, layers)
    if config.strategy in ADAPTERS:
        added = (".lora_", "ia3_")
        return Plan(
            {name: 1.0 for name, level in movable.items() if level == head or any(each in name for each in added)},
            {}, layers,
        )  # fmt: skip
    return Plan(dict.fromkeys(movable, 1.0), {}, layers)


def attach(model: "PreTrainedModel", config: RunConfig) -> None:
    """Add the adapters of ``lora`` and ``ia3`` in place; other strategies need nothing.

    Raises:
        SourceError: when the architecture has no parts that the adapter could sit on.
    """
    if config.strategy not in ADAPTERS:
        return
    import torch
    from peft import IA3Config, LoraConfig, inject_adapter_in_model

    torch.manual_seed(config.seed)
    wanted = [QUERY_VALUE] if config.strategy == "lora" else [KEY_VALUE, FEED_FORWARD]
    parts = [_parts(model, pattern) for pattern in wanted]
    if not all(parts):
        raise SourceError(
            f"Graft does not know where {config.strategy} sits in encoders of the kind {model.config.model_type}.",
            "Choose full fine-tuning, top_k or bitfit for this source.",
        )
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    if config.strategy == "lora":
        rank = config.lora_rank
        adapter: Any = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.1, target_modules=parts[0])
    else:
        adapter = IA3Config(target_modules=parts[0] + parts[1], feedforward_modules=parts[1])
    inject_adapter_in_model(adapter, model)
    for name, weight in model.named_parameters():  # peft freezes all that is not its own; the plan decides here
        weight.requires_grad_(name in trained or "lora_" in name or "ia3_" in name)


def detach(model: "PreTrainedModel") -> None:
    """Merge adapters into the weights that they sit on, so that the model is a plain one again."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    for name, module in list(model.named_modules()):
        if isinstance(module, BaseTunerLayer):
            module.merge(safe_merge=True)
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, module.get_base_layer())


def movement(model: "PreTrainedModel", start: "PreTrainedModel") -> list[float]:
    """How far each depth moved from ``start``, from the embeddings to the head: length of the change beside the length
    of the weights before, 0 for what stayed as it was. Both models have the same parameters, adapters merged."""
    import torch

    level_of, layers = depths(start)
    change, before = [0.0] * (layers + 2), [0.0] * (layers + 2)
    with torch.no_grad():
        for name, old in start.named_parameters():
            level = level_of[name]
            change[level] += float((model.get_parameter(name).cpu() - old).double().square().sum())
            before[level] += float(old.double().square().sum())
    return [(moved / max(length, 1e-12)) ** 0.5 for moved, length in zip(change, before, strict=True)]


def layer_rates(plan: Plan, depth: dict[str, int]) -> list[float]:
    """The largest share of the learning rate at each depth, from the embeddings to the head; 0 where all is frozen."""
    rates = [0.0] * (plan.layers + 2)
    for name, share in plan.rates.items():
        level = depth.get(name, 0)
        rates[level] = max(rates[level], share)
    return rates


def disable_dropout(model: "PreTrainedModel", cut: int) -> None:
    """Turn dropout off in the embeddings and the ``cut`` lowest layers: what is not trained need not be disturbed."""
    import torch

    prefix = f"{model.base_model_prefix}."
    for name, module in model.named_modules():
        match = STACK.search(f"{name}.")
        below = (int(match[1]) < cut) if match else "embeddings" in name
        if below and name.startswith(prefix) and isinstance(module, torch.nn.Dropout):
            module.p = 0.0


def _parts(model: "torch.nn.Module", pattern: re.Pattern[str]) -> list[str]:
    """Full names of the linear parts that ``pattern`` names, the averaging layer left out."""
    import torch

    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        and pattern.search(name)
        and all(weight.requires_grad for weight in module.parameters())
    ]
