"""How long a run will take and how much memory it needs, said before it starts."""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core import workspace
from core.config import STRATEGIES, RunConfig
from core.training.devices import Device, find_device, use_bf16
from core.training.gradients import PIECE_TOKENS
from core.training.recipe import work_done, work_of
from core.training.truncation import tokens_read

FORWARD = 3.5  # a training step costs about this many forward passes of the same tokens
EFFICIENCY = {"cpu": 0.68, "cuda": 0.35, "mps": 0.3}  # share of the measured matrix speed that a whole step reaches
KEPT = 1.7  # a CPU process keeps freed blocks of many sizes: measured peak beside the activations of its largest piece
LIBRARIES = {"cpu": 1550, "cuda": 600}  # MiB of torch, transformers and the kernels that they prepare
PER_UPDATE = 190  # on a CPU an update itself costs as much as training on this many tokens
ENCODING = ("lp_ft", "top_k")  # every text runs through the frozen encoder once before
FROZEN = ("lora", "ia3", "bitfit")  # no gradients of the large weights: two thirds of the products
APART = ("linear_probe", "few_shot")  # their tokens a second say nothing of the others'
START_SECONDS = 12.0  # loading libraries, data and weights
REMEMBERED = "speeds.json"


@dataclass(frozen=True, slots=True)
class Shape:
    """An encoder's size: parameters in all, those outside the embeddings, layers, and width."""

    parameters: int
    working: int
    layers: int
    width: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What to expect: seconds from start to result (with a low and a high guess), peak memory in MiB, and a sentence.

    Attributes:
        tokens: real tokens that the training will see, all epochs together.
        measured: whether the speed comes from an earlier run like this one.
    """

    seconds: float
    low_seconds: float
    high_seconds: float
    memory_mib: int
    steps: int
    tokens: int
    measured: bool
    sentence: str


def estimate(config: RunConfig, counts: dict[str, int], lengths: np.ndarray, shape: Shape) -> Estimate:
    """Time and memory of a run.

    Args:
        counts: rows of train, validation and test in the data set.
        lengths: (sampled rows,) tokens of its texts, uncut.
        shape: size of the source.
    """
    device = find_device(config.device)
    bf16 = use_bf16(device, config.precision)
    cut = np.minimum(lengths, config.max_length) if len(lengths) else np.array([config.max_length])
    mean = (
        float(tokens_read(lengths, config.max_length, config.truncation).mean()) if len(lengths) else float(cut.mean())
    )
    train = min(config.train_size or counts["train"], counts["train"])
    validation = min(config.validation_size or counts["validation"], counts["validation"])
    judged_of = counts["test"] or counts["validation"]
    judged = min(config.test_size or judged_of, judged_of)
    known = remembered_speed(config, device)
    share = _share(config, shape)
    # one update costs the same however few tokens it sees, and what is frozen costs less
    heavier = share * (1 + (PER_UPDATE / (mean * config.batch_size) if device.name == "cpu" else 0.0))
    speed = known or _speed_of_others(config, shape, device) or _guessed_speed(shape, device, bf16, mean) / heavier
    forward = speed * (1.0 if config.strategy == "linear_probe" and known else heavier * FORWARD)
    if config.strategy == "linear_probe":
        steps, tokens = 5, int(train * mean)
        training = (train + validation) * mean / forward + 2.0
    else:
        steps, visits = work_of(config, train)
        tokens = int(visits * mean)
        rounds = max(1, steps // config.eval_every) if config.eval_every else max(1, visits // max(1, train))
        rounds = 1 if config.strategy == "few_shot" else rounds
        training = tokens / speed + rounds * validation * mean / forward
        if config.strategy in ENCODING:
            training += (train + validation) * mean / forward
    seconds = START_SECONDS + training + judged * mean / forward + (train + judged) / 1500
    spread = 1.25 if known else 1.6
    memory = _memory(config, shape, device, float(np.percentile(cut, 99)), bf16)
    return Estimate(
        seconds, seconds / spread, seconds * spread, memory, steps, tokens, known is not None,
        _sentence(seconds, spread, memory, device, known is not None),
    )  # fmt: skip


def remember_speed(config: RunConfig, device: str, tokens_per_second: float) -> None:
    """Keep what a finished run showed, so that the next estimate for its like is measured, not guessed."""
    path = workspace.folder("cache") / REMEMBERED
    kept: dict[str, Any] = workspace.read_json(path) or {}
    workspace.write_json(path, kept | {_like(config, device): round(tokens_per_second, 1)})


def remembered_speed(config: RunConfig, device: Device) -> float | None:
    """Training tokens a second of the last run with this source, strategy, device and length."""
    kept = workspace.read_json(workspace.folder("cache") / REMEMBERED) or {}
    return kept.get(_like(config, device.name))


def _speed_of_others(config: RunConfig, shape: Shape, device: Device) -> float | None:
    """Training tokens a second as runs of other strategies showed, all else equal; None where there was none.

    A better guess than the speed of matrix products, which other work on the machine may just have slowed down.
    """
    if config.strategy in APART:
        return None
    for strategy in STRATEGIES:
        other = config.changed(strategy=strategy)
        found = remembered_speed(other, device) if strategy not in APART else None
        if found:
            return found * _share(other, shape) / _share(config, shape)
    return None


def shape_of(model: str, revision: str | None = None) -> Shape:
    """The size of a source, from its config alone.

    Raises:
        SourceError: when the source is not at hand.
    """
    from core.models.sources import locate

    where, extra = locate(model, revision)
    return _shape(where, tuple(sorted(extra.items())))


@lru_cache(maxsize=32)
def _shape(where: str, extra: tuple[tuple[str, Any], ...]) -> Shape:
    from transformers import AutoConfig

    from core.models.errors import explained

    with explained(where):
        config = AutoConfig.from_pretrained(where, **dict(extra))
    width = int(getattr(config, "hidden_size", 0) or getattr(config, "dim", 768))
    layers = int(getattr(config, "num_hidden_layers", 0) or getattr(config, "n_layers", 12))
    inner = int(getattr(config, "intermediate_size", 0) or getattr(config, "hidden_dim", 4 * width))
    gated = 3 if "modernbert" in str(config.model_type) else 2
    working = layers * (4 * width * width + gated * width * inner)
    embeddings = (config.vocab_size + int(getattr(config, "max_position_embeddings", 512))) * width
    return Shape(working + embeddings, working, layers, width)


def _like(config: RunConfig, device: str) -> str:
    return "|".join(
        map(str, (config.model, config.strategy, device, config.precision, config.max_length, config.batch_size))
    )


def _share(config: RunConfig, shape: Shape) -> float:
    """What training on a token costs, as a share of what full fine-tuning costs."""
    if config.strategy == "top_k":
        return min(1.0, config.top_layers / shape.layers)
    return 2 / 3 if config.strategy in FROZEN else work_done(config.strategy, 1.0)


def _guessed_speed(shape: Shape, device: Device, bf16: bool, length: float) -> float:
    """Full fine-tuning's tokens a second: 6 operations a weight and token, attention on top, at a share of the matrix speed."""
    kind = device.name.split(":")[0]
    operations = 6.0 * (shape.working + shape.layers * 2 * length * shape.width)
    return float(EFFICIENCY.get(kind, 0.3) * _matrix_speed(device.name, bf16) / operations)


@lru_cache(maxsize=8)
def _matrix_speed(device: str, bf16: bool) -> float:
    """Operations a second of matrix products of an encoder's size on this device, measured for some 0.2 s."""
    import torch

    dtype = torch.bfloat16 if bf16 else torch.float32
    size = 2048 if device.startswith("cuda") else 512
    a = torch.randn(size * 2, size, device=device, dtype=dtype)
    b = torch.randn(size, size, device=device, dtype=dtype)
    best = 0.0
    for _ in range(4):
        began, times = time.perf_counter(), 0
        while time.perf_counter() - began < 0.05:
            c = a @ b
            times += 1
        if device != "cpu":
            c.sum().item()  # waits for the device
        best = max(best, times * 4 * size**3 / (time.perf_counter() - began))
    return best


def _memory(config: RunConfig, shape: Shape, device: Device, longest: float, bf16: bool) -> int:
    """Peak MiB: weights, gradients, two moments, the kept best, activations, and the libraries themselves."""
    trains = config.strategy != "linear_probe"
    moments = config.strategy not in ("lora", "ia3", "bitfit", "top_k")  # those keep moments of few weights only
    weights = shape.parameters * 4 * (5.5 if trains and moments else 2.5 if trains else 1.5)
    per_token: float = shape.layers * shape.width * (34 if bf16 else 60)  # bytes kept for the way back
    if config.recompute:  # what enters each layer is kept, and the inside of one layer at a time
        per_token = shape.layers * shape.width * 4 + per_token / shape.layers
    attention = (1 if config.recompute else shape.layers) * (shape.width // 32) * longest * (6 if bf16 else 10)
    batch = -(-config.batch_size // config.accumulate) * longest if trains else 8192
    if trains and device.name in PIECE_TOKENS:  # a larger batch goes through the model in pieces
        batch = min(batch, max(PIECE_TOKENS[device.name], longest))
    activations = batch * (per_token + attention) * (1.0 if trains else 0.15)
    if device.name == "cpu":
        activations *= KEPT
    return int((weights + activations) / 2**20) + LIBRARIES.get(device.name.split(":")[0], 600)


def _sentence(seconds: float, spread: float, memory: int, device: Device, measured: bool) -> str:
    low, high = duration(seconds / spread), duration(seconds * spread)
    span = f"about {duration(seconds)}" if low == high else f"about {duration(seconds)} ({low} to {high})"
    ground = "from an earlier run like this" if measured else "a guess until a first run has been timed"
    need = f"{memory / 1024:.1f} GiB" if memory >= 1024 else f"{memory} MiB"
    warning = ""
    if memory > 0.9 * device.memory_mib:
        warning = f" That is more than this device's {device.memory_mib / 1024:.0f} GiB: lower the batch size or the max length."
    return f"Takes {span} on {device.title}, {ground}, and {need} of memory.{warning}"


def duration(seconds: float) -> str:
    """A length of time in words: 40 s, 3 min, 2.5 h."""
    if seconds < 90:
        return f"{max(1, round(seconds / 5) * 5 if seconds > 20 else round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
