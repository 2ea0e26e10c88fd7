"""Checkpoints: the whole state of the training, replaced atomically."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import workspace

if TYPE_CHECKING:
    import torch

STATE = "state.pt"
WEIGHTS = "model.safetensors"
NAMED = re.compile(r"step-(\d+)_(-?[\d.e+-]+)\.safetensors")


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write ``state`` (tensors, numbers, lists, dicts) so that a crash leaves the old or the new one, never half."""
    import torch

    with workspace.replace_file(folder / STATE) as aside:
        torch.save(state, aside)


def load_state(folder: Path) -> dict[str, Any] | None:
    """The last whole state, on the CPU; None where there is none. Only plain tensors are read, no pickled code."""
    import torch

    if not (folder / STATE).exists():
        return None
    return torch.load(folder / STATE, map_location="cpu", weights_only=True)


def save_weights(folder: Path, weights: dict[str, Any]) -> None:
    """Write tensors by name as safetensors, atomically."""
    from safetensors.torch import save_file

    with workspace.replace_file(folder / WEIGHTS) as aside:
        save_file(apart(weights), aside)


def load_weights(folder: Path) -> dict[str, Any] | None:
    """The tensors that ``save_weights`` wrote; None where there are none."""
    from safetensors.torch import load_file

    return load_file(folder / WEIGHTS) if (folder / WEIGHTS).exists() else None


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
        from safetensors.torch import save_file

        self.drop(step)
        with workspace.replace_file(self.folder / f"step-{step}_{score!r}.safetensors") as aside:
            save_file(apart(weights), aside)

    def get(self, step: int) -> dict[str, Any]:
        from safetensors.torch import load_file

        return load_file(next(self.folder.glob(f"step-{step}_*.safetensors")))

    def clear(self) -> None:
        """Forget all: a training begins anew."""
        for step in self.scores():
            self.drop(step)

    def drop(self, step: int) -> None:
        for path in self.folder.glob(f"step-{step}_*.safetensors"):
            path.unlink()
