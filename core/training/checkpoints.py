"""Checkpoints: the whole state of the training, replaced atomically."""

import logging
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import workspace

if TYPE_CHECKING:
    import torch

log = logging.getLogger("graft.worker")
STATE, BEFORE = "state.pt", "state.prev.pt"  # the newest, and the one before it, for when the newest is damaged
WEIGHTS = "model.safetensors"
CHECKSUM = "crc32"
NAMED = re.compile(r"step-(\d+)_(-?[\d.e+-]+)\.safetensors")


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write ``state`` (tensors, numbers, lists, dicts) so that a crash leaves the old or the new one, never half.

    The one before it is kept as well.
    """
    import torch

    with workspace.replace_file(folder / STATE) as aside:
        torch.save(state, aside)
        if (folder / STATE).exists():  # a second name for the old one: the first is there at every moment
            (folder / BEFORE).unlink(missing_ok=True)
            _link(folder / STATE, folder / BEFORE)


def load_state(folder: Path, warn: Callable[[str], None] = log.warning) -> dict[str, Any] | None:
    """The last whole state, on the CPU; None where there is none. Only plain tensors are read, no pickled code.

    Args:
        warn: is told where a state is there that cannot be read, and what is used in its place.
    """
    damaged: list[str] = []
    for name in (STATE, BEFORE):
        path = folder / name
        if not path.exists():
            continue
        state = _read_state(path)
        if state is not None:
            if damaged:
                warn(
                    f"The last checkpoint is damaged; the run goes on from the one before it, step {state['numbers']['step']}."
                )
            return state
        damaged.append(name)
    if damaged:
        warn("The checkpoint is damaged and there is no other: the training starts anew.")
    return None


def _read_state(path: Path) -> dict[str, Any] | None:
    """The state in a file; None where it is cut off, or is none."""
    import torch

    try:
        with zipfile.ZipFile(path) as parts:  # torch checks none of the sums that it writes
            if wrong := parts.testzip():
                raise ValueError(f"{wrong} is not what was written")
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever torch makes of damaged bytes
        log.warning("%s cannot be read: %s", path, str(error).splitlines()[:1])
        return None
    return state if isinstance(state, dict) and "step" in (state.get("numbers") or {}) else None


def _link(old: Path, new: Path) -> None:
    """Give a file a second name, or copy it where the disk knows no such thing."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def save_weights(folder: Path, weights: dict[str, Any]) -> None:
    """Write tensors by name as safetensors, atomically."""
    with workspace.replace_file(folder / WEIGHTS) as aside:
        _write_weights(aside, weights)


def load_weights(folder: Path) -> dict[str, Any] | None:
    """The tensors that ``save_weights`` wrote; None where there are none, or none that can be read."""
    path = folder / WEIGHTS
    return _read_weights(path) if path.exists() else None


def load_training(
    state_folder: Path, best_folder: Path, warn: Callable[[str], None] = log.warning
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The last whole state and the best weights that it counts on; both None where the training is to start anew.

    Args:
        warn: is told what cannot be read.
    """
    state = load_state(state_folder, warn)
    best = load_weights(best_folder) if state else None
    if state and best is None and state["numbers"].get("best_step"):
        warn("The best weights so far are damaged or missing: the training starts anew.")
        return None, None
    return state, best


def _write_weights(path: Path, weights: dict[str, Any]) -> None:
    """Tensors with a checksum, which the format itself does not have."""
    from safetensors.torch import save_file

    own = apart(weights)
    save_file(own, path, metadata={CHECKSUM: _checksum(own)})


def _read_weights(path: Path) -> dict[str, Any] | None:
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import load_file

    try:
        weights = load_file(path)
        with safe_open(path, "pt") as opened:
            written = (opened.metadata() or {}).get(CHECKSUM)
        if written is not None and written != _checksum(weights):
            raise ValueError("its numbers are not what was written")
    except (SafetensorError, OSError, ValueError) as error:
        log.warning("%s cannot be read: %s", path, error)
        return None
    return weights


def _checksum(weights: "dict[str, torch.Tensor]") -> str:
    import torch

    found = 0
    for name in sorted(weights):
        found = zlib.crc32(weights[name].reshape(-1).view(torch.uint8).numpy().data, zlib.crc32(name.encode(), found))
    return f"{found:08x}"


def apart(weights: "dict[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    """The tensors on the CPU, none sharing memory with another, as safetensors wants them; only what shares is copied."""
    seen: set[int] = set()
    result = {}
    for name, value in weights.items():
        tensor = value.detach().cpu().contiguous()
        if tensor.untyped_storage().data_ptr() in seen:
            tensor = tensor.clone()
        seen.add(tensor.untyped_storage().data_ptr())
        result[name] = tensor
    return result


@dataclass(frozen=True, slots=True)
class CandidateFolder:
    """Weights of several validations, candidates for a mean, in a folder: ``step-120_0.8731….safetensors`` names step and score."""

    folder: Path

    def scores(self) -> dict[int, float]:
        """Score of each kept validation, by its step."""
        found = (NAMED.fullmatch(path.name) for path in self.folder.glob("step-*.safetensors"))
        return {int(match[1]): float(match[2]) for match in found if match}

    def put(self, step: int, score: float, weights: dict[str, Any]) -> None:
        self.drop(step)
        with workspace.replace_file(self.folder / f"step-{step}_{score!r}.safetensors") as aside:
            _write_weights(aside, weights)

    def get(self, step: int) -> dict[str, Any] | None:
        """The weights of a step; None where they cannot be read."""
        path = next(self.folder.glob(f"step-{step}_*.safetensors"), None)
        return _read_weights(path) if path else None

    def clear(self) -> None:
        """Forget all: a training begins anew."""
        for step in self.scores():
            self.drop(step)

    def drop(self, step: int) -> None:
        for path in self.folder.glob(f"step-{step}_*.safetensors"):
            path.unlink()
