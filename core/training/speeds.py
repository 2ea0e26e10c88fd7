"""Speeds of training: remembered from finished runs, or guessed from what this machine's matrix products reach."""

import time
from contextlib import suppress
from functools import lru_cache
from typing import Any

from core import workspace
from core.checked import LARGEST
from core.config import RunConfig
from core.errors import StorageError
from core.models.shape import Shape
from core.strategies.registry import STRATEGIES
from core.training.devices import Device

EFFICIENCY = {"cpu": 0.68, "cuda": 0.35, "mps": 0.3}  # share of the measured matrix speed that a whole step reaches
REMEMBERED = "speeds.json"  # training tokens a second by what decides them, in the folder of caches


def remember_speed(config: RunConfig, device: str, tokens_per_second: float) -> None:
    """Store what a finished run showed, so that the next estimate for its like is measured, not guessed."""
    path = workspace.home() / "cache" / REMEMBERED
    speeds: dict[str, Any] = workspace.read_kept_json(path, dict) or {}
    with suppress(StorageError):  # an estimate is never a reason to fail
        workspace.write_json(path, speeds | {_key(config, device): round(tokens_per_second, 1)})


def remembered_speed(config: RunConfig, device: Device) -> float | None:
    """Training tokens a second of the last run with this source, strategy, device and length."""
    speeds: dict[str, Any] = workspace.read_kept_json(workspace.home() / "cache" / REMEMBERED, dict) or {}
    speed = speeds.get(_key(config, device.name))
    return float(speed) if isinstance(speed, int | float) and 0 < speed < LARGEST else None


def speed_of_others(config: RunConfig, shape: Shape, device: Device) -> float | None:
    """Training tokens a second as runs of other strategies showed, all else equal; None where there was none.

    A better guess than the speed of matrix products, which other work on the machine may just have slowed down.
    """
    if not STRATEGIES[config.strategy].teacher.by_epochs:
        return None
    for other in STRATEGIES.values():
        if not other.teacher.by_epochs:
            continue
        # one process: not every strategy works in several, and a speed is remembered without regard to it
        speed = remembered_speed(config.changed(strategy=other.name, processes=1), device)
        if speed:
            own_share = STRATEGIES[config.strategy].cost_share(config, shape.layers)
            return speed * other.cost_share(config, shape.layers) / own_share
    return None


def guessed_speed(shape: Shape, device: Device, bf16: bool, length: float) -> float:
    """Full fine-tuning's tokens a second: 6 operations a weight and token, attention on top, at a share of the matrix speed.

    Args:
        length: mean tokens of a text.
    """
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


def _key(config: RunConfig, device: str) -> str:
    """Names the runs whose speed is alike."""
    return "|".join(
        map(str, (config.model, config.strategy, device, config.precision, config.max_length, config.batch_size))
    )
