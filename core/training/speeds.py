"""Speeds of training: remembered from finished runs, or guessed from what this machine's matrix products reach."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core import workspace
from core.checked import LARGEST
from core.config import RunConfig
from core.errors import StorageError
from core.models.shape import Shape
from core.strategies.registry import STRATEGIES
from core.training.devices import Device, cores

EFFICIENCY = {"cpu": 0.68, "cuda": 0.3, "mps": 0.3}  # share of the measured matrix speed that a whole step reaches
WIDE = 768  # width from which an encoder keeps a card busy; a narrower one reaches so much less (docs/benchmarks.md, "GPU")
REMEMBERED = "speeds.json"  # training tokens a second by what decides them, in the folder of caches
SLOWED, MATRIX = "slowed", "matrix"  # in the same file: what busy times showed, and the best speed of matrix products
UNKNOWN_CARD, PATIENCE = 5e13, 60.0  # operations a second of a card that could not be asked; seconds to ask it
CALM = 0.2  # share of waiting for others up to which a run shows what this machine can do


def remember_speed(config: RunConfig, device: str, tokens_per_second: float, waited: float = 0.0) -> None:
    """Store what a finished run showed, so that the next estimate for its like is measured, not guessed.

    Args:
        waited: share of its time (0..1) that it waited for a core that other programs held. What a busy machine showed is
            kept apart: it says how slow a run can be, not how quick it is.
    """
    speeds, key = _stored(), _key(config, device)
    if waited > CALM:
        slowed = speeds.get(SLOWED, {})
        speeds[SLOWED] = slowed | {key: max(round(tokens_per_second, 1), slowed.get(key, 0.0))}
    else:
        speeds[key] = round(tokens_per_second, 1)
    _store(speeds)


def remembered_speed(config: RunConfig, device: Device) -> float | None:
    """Training tokens a second of the last undisturbed run with this source, strategy, device and length."""
    return _stored().get(_key(config, device.name))


def slowed_speed(config: RunConfig, device: Device) -> float | None:
    """The best that such runs reached while other programs slowed them down: they can do that much at least."""
    return _stored().get(SLOWED, {}).get(_key(config, device.name))


def speed_of_others(config: RunConfig, shape: Shape, device: Device) -> float | None:
    """Training tokens a second as runs of other strategies, lengths or batches showed, all else equal; None where there was none.

    The nearest is taken: first the same strategy, then the same length. A better guess than the speed of matrix products,
    which other work on the machine may just have slowed down.
    """
    own = STRATEGIES[config.strategy]
    if not own.teacher.by_epochs:
        return None
    carried: dict[tuple[bool, int, int], float] = {}
    for run in _timed():
        other = STRATEGIES.get(run.strategy)
        alike = (run.model, run.device, run.precision) == (config.model, device.name, config.precision)
        if other is None or not alike or not other.teacher.by_epochs:
            continue
        distance = (other is not own, abs(run.max_length - config.max_length), abs(run.batch_size - config.batch_size))
        # one process: not every strategy works in several, and a speed is remembered without regard to it
        share = other.cost_share(config.changed(strategy=other.name, processes=1), shape.layers)
        carried[distance] = run.speed * share / own.cost_share(config, shape.layers)
    return carried[min(carried)] if carried else None


def guessed_speed(shape: Shape, device: Device, precision: str, length: float) -> float:
    """Full fine-tuning's tokens a second: 6 operations a weight and token, attention on top, at a share of the matrix speed.

    Args:
        precision: bf16, fp16 or fp32.
        length: mean tokens of a text.
    """
    kind = device.name.split(":")[0]
    operations = 6.0 * (shape.working + shape.layers * 2 * length * shape.width)
    reached = EFFICIENCY.get(kind, 0.3) * (min(1.0, shape.width / WIDE) if kind == "cuda" else 1.0)
    return float(reached * _best_matrix_speed(device.name, precision) / operations)


@lru_cache(maxsize=8)
def _best_matrix_speed(device: str, precision: str) -> float:
    """The best that was ever measured here: other work can only make a device look slower than it is."""
    stored = _stored()
    name = f"{device} {precision} {cores()}"
    known = stored.get(MATRIX, {}).get(name, 0.0)
    if device.startswith("cuda"):  # measured once: a card may be busy with a run, and a look at it costs memory there
        best = known or _matrix_speed_elsewhere(device, precision)
    else:
        best = max(_matrix_speed(device, precision), known)
    speeds = stored.get(MATRIX, {}) | {name: round(best)}
    _store(_stored() | {MATRIX: speeds})
    return best


def _matrix_speed_elsewhere(device: str, precision: str) -> float:
    """``_matrix_speed`` from a process of its own, so that the app never holds memory of a card."""
    words = f"from core.training.speeds import _matrix_speed; print(_matrix_speed({device!r}, {precision!r}))"
    try:
        child = subprocess.run(
            [sys.executable, "-c", words], cwd=workspace.PROJECT, capture_output=True, text=True, timeout=PATIENCE
        )
        return float(child.stdout.split()[-1])
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return UNKNOWN_CARD


def _matrix_speed(device: str, precision: str) -> float:
    """Operations a second of matrix products of an encoder's size on this device, measured for some 0.2 s."""
    import torch

    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[precision]
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


@dataclass(frozen=True, slots=True)
class _Timed:
    """Training tokens a second of an undisturbed run, and what decided them."""

    model: str
    strategy: str
    device: str
    precision: str
    max_length: int
    batch_size: int
    speed: float


def _timed() -> Iterator[_Timed]:
    """All runs whose speed is remembered."""
    for key, speed in _stored().items():
        parts = key.rsplit("|", 5)
        if len(parts) == 6:
            model, strategy, device, precision, length, batch = parts
            yield _Timed(model, strategy, device, precision, int(length), int(batch), speed)


def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = workspace.read_kept_json(workspace.home() / "cache" / REMEMBERED, dict) or {}
    for kind in (SLOWED, MATRIX):
        if not isinstance(stored.get(kind, {}), dict):
            del stored[kind]
    return {name: _sound(value) for name, value in stored.items() if isinstance(value, dict) or _sound({name: value})}


def _sound(value: Any) -> Any:
    """Of numbers by name those that a speed can be; a single number as it is."""
    if not isinstance(value, dict):
        return value
    return {
        name: float(speed) for name, speed in value.items() if isinstance(speed, int | float) and 0 < speed < LARGEST
    }


def _store(speeds: dict[str, Any]) -> None:
    with suppress(StorageError):  # an estimate is never a reason to fail
        workspace.write_json(workspace.home() / "cache" / REMEMBERED, speeds)


def _key(config: RunConfig, device: str) -> str:
    """Names the runs whose speed is alike."""
    return "|".join(
        map(str, (config.model, config.strategy, device, config.precision, config.max_length, config.batch_size))
    )
