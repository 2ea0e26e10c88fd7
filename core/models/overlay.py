"""A bare state dict laid onto a named architecture, which makes it a checkpoint folder like any other."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import workspace
from core.errors import SourceError
from core.models import pooling as pools
from core.models.errors import explained
from core.models.fingerprint import file_digest
from core.models.fit import Fit, check_fit, fit_shapes
from core.models.soundness import check_tokenizer, read_config
from core.models.state_dict import read_tensors

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig

CHECKPOINTS = 6  # made from files, that stay in the workspace
FIT = "fit.json"
OLD_NAMES = ((".LayerNorm.gamma", ".LayerNorm.weight"), (".LayerNorm.beta", ".LayerNorm.bias"))  # BERT's of 2018

Located = tuple[str, dict[str, Any]]  # what from_pretrained takes: a folder or Hub name, and keyword arguments


def lay_onto(file: Path, architecture: str, locate: Callable[[str], Located]) -> tuple[Path, Fit]:
    """The checkpoint folder made from a file on an architecture, and how the file fits; made once for each content.

    Args:
        architecture: as the user named it.
        locate: finds what to hand to ``from_pretrained`` for this name; asked only where the folder is to be made.

    Raises:
        SourceError: when the file cannot be read, the architecture is not at hand, or the two do not belong together.
    """
    if not file.is_file():
        raise SourceError(f"There is no file {str(file)!r}.", "Give the path of a file with weights.")
    name = f"{file_digest(file)}-{hashlib.sha256(architecture.encode()).hexdigest()[:8]}"
    folder = workspace.folder("cache", "weights") / name
    known_fit = workspace.read_kept(folder / FIT, _fit_in)
    if known_fit is not None and (folder / "model.safetensors").exists():
        os.utime(folder)
        return folder, replace(known_fit, file=str(file))
    located = locate(architecture)
    fit, tensors, config = _match(file, architecture, located)
    _write(folder, fit, tensors, config, located)
    _forget_oldest(folder)
    return folder, fit


def _fit_in(path: Path) -> Fit:
    return Fit.from_json(json.loads(path.read_bytes()))


def _match(file: Path, architecture: str, located: Located) -> "tuple[Fit, dict[str, torch.Tensor], PretrainedConfig]":
    """How the file fits, its tensors under the whole model's names, and the architecture's config."""
    import torch
    from transformers import AutoModelForSequenceClassification

    where, extra = located
    config = read_config(architecture, where, extra)
    with explained(architecture):
        pools.forget(config)
        with torch.device("meta"):
            skeleton = AutoModelForSequenceClassification.from_config(config)
    front = f"{skeleton.base_model_prefix}."
    given = _modern(read_tensors(file))
    fit, matched = fit_shapes(
        str(file), architecture, {name: tuple(tensor.shape) for name, tensor in given.items()},
        {name.removeprefix(front): tuple(weight.shape) for name, weight in skeleton.named_parameters() if name.startswith(front)},
        [name.removeprefix(front) for name, _ in skeleton.named_buffers() if name.startswith(front)],
    )  # fmt: skip
    check_fit(fit)
    return fit, {front + name: given[own] for name, own in matched.items()}, config


def _modern(tensors: "dict[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    """The tensors under today's names."""
    for old, new in OLD_NAMES:
        tensors = {name.replace(old, new) if name.endswith(old) else name: value for name, value in tensors.items()}
    return tensors


def _write(
    folder: Path, fit: Fit, tensors: "dict[str, torch.Tensor]", config: "PretrainedConfig", located: Located
) -> None:
    """The checkpoint: weights as float32, config, tokenizer, how it pools, and how it fits."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoTokenizer

    where, extra = located
    with workspace.replace_folder(folder) as aside:
        if pools.trained_pooling(where, config, extra) == "mean":
            (aside / "1_Pooling").mkdir()
            (aside / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}', encoding="utf-8")
        with explained(fit.architecture):
            tokenizer = AutoTokenizer.from_pretrained(where, **extra)
        check_tokenizer(fit.architecture, tokenizer, getattr(config, "vocab_size", None))
        tokenizer.save_pretrained(aside)
        config.dtype = torch.float32
        config.save_pretrained(aside)
        whole = {name: tensor.to(torch.float32).contiguous().clone() for name, tensor in tensors.items()}
        save_file(whole, aside / "model.safetensors", metadata={"format": "pt"})
        (aside / FIT).write_text(json.dumps(fit.to_json(), ensure_ascii=False), encoding="utf-8")


def _forget_oldest(newest: Path) -> None:
    """Drop all but the checkpoints used last."""
    others = [path for path in newest.parent.iterdir() if path.is_dir() and path != newest and path.name[0] != "."]
    for path in sorted(others, key=lambda folder: folder.stat().st_mtime, reverse=True)[CHECKPOINTS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
