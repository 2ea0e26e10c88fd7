"""Bare state dicts: files that hold tensors by name and nothing that says which model they belong to."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import SourceError

if TYPE_CHECKING:
    import torch

ENDINGS = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")
DEPTH = 4  # training programs nest the tensors, seldom deeper: {"state_dict": {...}, "epoch": 3}
FOREIGN = re.compile(r"(?:GLOBAL|global:?|class)\s+`?([\w.]+)`?", re.IGNORECASE)


def read_tensors(path: Path) -> "dict[str, torch.Tensor]":
    """The tensors by name in a ``.safetensors`` file or a torch pickle, on the CPU.

    A pickle is read with ``weights_only=True``: whatever would run code is refused. Where a file holds more than one
    table of tensors (a checkpoint with an optimiser, say), the one with the most of them is taken.

    Raises:
        SourceError: when the file is missing, is of another kind, or holds more than tensors.
    """
    path = path.expanduser()
    if not path.is_file():
        raise SourceError(f"There is no file {str(path)!r}.", "Give the path of a file with weights.")
    if path.suffix.lower() not in ENDINGS:
        raise SourceError(
            f"{path.name} has no ending of a file with weights.", f"It must be one of: {', '.join(ENDINGS)}."
        )
    with path.open("rb") as file:
        if file.read(40).startswith(b"version https://git-lfs"):
            raise SourceError(
                f"{path.name} is a Git LFS pointer: the name of a file, not the file itself.",
                "Fetch it with `git lfs pull`.",
            )
    content = _safetensors(path) if path.suffix.lower() == ".safetensors" else _pickle(path)
    tensors = _largest_table(content)
    if not tensors:
        raise SourceError(
            f"{path.name} holds no tensors with names.", "Save the model with torch.save(model.state_dict(), file)."
        )
    return tensors


def _safetensors(path: Path) -> Any:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise SourceError(
            f"{path.name} is no whole safetensors file: {error}.", "Copy or download it again."
        ) from error


def _pickle(path: Path) -> Any:
    import pickle
    import zipfile

    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, LookupError, ValueError) as error:
        reason = str(error)
    names = _foreign(path) or sorted({name for name in FOREIGN.findall(reason) if "." in name})
    if names or "weights_only" in reason:
        examples = f" (it names {', '.join(names[:3])})" if names else ""
        raise SourceError(
            f"{path.name} holds more than tensors{examples}, and reading that would run code from the file.",
            "Where the file comes from, save the tensors alone: torch.save(model.state_dict(), file), or safetensors.",
        )
    if zipfile.is_zipfile(path):
        raise SourceError(f"{path.name} cannot be read: {reason.splitlines()[0]}", "Copy or download it again.")
    raise SourceError(f"{path.name} is no whole file that torch wrote.", "Copy or download it again.")


def _foreign(path: Path) -> list[str]:
    """What a pickle names besides tensors, where torch can tell without reading it."""
    import torch

    try:
        return sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    except (RuntimeError, ValueError, OSError):
        return []


def _largest_table(value: Any, depth: int = 0) -> "dict[str, torch.Tensor]":
    """The mapping inside ``value`` with the most tensors (the most numbers where equal); its other entries are dropped."""
    import torch

    if not isinstance(value, Mapping):
        return {}
    tables = [{key: entry for key, entry in value.items() if isinstance(key, str) and isinstance(entry, torch.Tensor)}]
    if depth < DEPTH:
        tables += [_largest_table(entry, depth + 1) for entry in value.values()]
    return max(tables, key=lambda table: (len(table), sum(tensor.numel() for tensor in table.values())))
