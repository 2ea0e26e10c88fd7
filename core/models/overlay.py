"""A bare state dict laid onto a named architecture, which makes it a checkpoint like any other.

The file's names and the architecture's differ by what a program put in front of them (``module.`` by data-parallel
training, ``bert.`` by a model with a head, ``model.`` by a trainer). Both fronts are found by trying: the pair under
which the most numbers fall on a tensor of the same name and shape wins.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import workspace
from core.errors import SourceError
from core.models import pooling as pools
from core.models.state_dict import read_tensors

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

PREFIX = "weights:"  # a source is written weights:FILE@ARCHITECTURE
LEAST = 0.5  # share of the encoder's numbers that a file must provide
KEPT = 6  # checkpoints made from files that stay in the workspace
FIT = "fit.json"
OLD_NAMES = ((".LayerNorm.gamma", ".LayerNorm.weight"), (".LayerNorm.beta", ".LayerNorm.bias"))  # BERT's of 2018


@dataclass(frozen=True, slots=True)
class Fit:
    """How a file lies on an architecture.

    Attributes:
        matched: names of the encoder's tensors that the file provides.
        missing: names of the encoder's tensors that it does not; they start out random.
        left_over: the file's names that the encoder has no place for, such as another task's head.
        differs: name, shape in the file and shape in the architecture, where only the shape does not fit.
        removed: what stood in front of the file's names; ``added``: what stands there in the architecture.
        share: part of the encoder's numbers (0 to 1) that the file provides.
    """

    file: str
    architecture: str
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    left_over: tuple[str, ...]
    differs: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    removed: str
    added: str
    share: float

    @property
    def sentence(self) -> str:
        """The fit in one sentence."""
        whole = len(self.matched) + len(self.missing) + len(self.differs)
        parts = [f"{len(self.matched)} of {whole} tensors of {self.architecture} come from the file"]
        parts += [f"{len(self.missing)} are missing and start out random"] if self.missing else []
        parts += [f"{len(self.differs)} have another shape and are not used"] if self.differs else []
        parts += [f"{len(self.left_over)} of the file's are left over"] if self.left_over else []
        return "; ".join(parts) + "."

    def table(self) -> list[dict[str, str]]:
        """One line a tensor: its name and its state, what does not match first."""
        rows = [(name, "missing: starts out random") for name in self.missing]
        rows += [(name, f"not used: {own} in the file, {expected} expected") for name, own, expected in self.differs]
        rows += [(name, "left over: the encoder has no place for it") for name in self.left_over]
        return [
            {"tensor": name, "state": state} for name, state in [*rows, *((name, "matched") for name in self.matched)]
        ]


def split_source(source: str) -> tuple[Path, str]:
    """File and architecture of a source written ``weights:FILE@ARCHITECTURE``.

    Raises:
        SourceError: when a part is missing.
    """
    file, _, architecture = source.removeprefix(PREFIX).rpartition("@")
    if not file or not architecture:
        raise SourceError(
            f"The source {source!r} does not say what the file is laid onto.",
            "Write weights:FILE@ARCHITECTURE, for example weights:model.pt@minilm.",
        )
    return Path(file).expanduser(), architecture


def join_source(file: str | Path, architecture: str) -> str:
    """The source that ``split_source`` takes apart."""
    return f"{PREFIX}{file}@{architecture}"


def lay_onto(source: str) -> tuple[Path, Fit]:
    """The checkpoint folder made from a ``weights:`` source, and how the file fits; made once for each content.

    Raises:
        SourceError: when the file cannot be read, the architecture is not at hand, or the two do not belong together.
    """
    file, architecture = split_source(source)
    if not file.is_file():
        raise SourceError(f"There is no file {str(file)!r}.", "Give the path of a file with weights.")
    folder = (
        workspace.folder("cache", "weights")
        / f"{_digest(file)}-{hashlib.sha256(architecture.encode()).hexdigest()[:8]}"
    )
    known = workspace.read_json(folder / FIT)
    if known is None:
        fit, tensors, config, where, extra = _match(file, architecture)
        _write(folder, fit, tensors, config, where, extra)
        _forget_oldest(folder)
        return folder, fit
    os.utime(folder)
    return folder, _from_json(known | {"file": str(file)})


def source_fit(source: str) -> dict[str, Any] | None:
    """How a ``weights:`` source fits, as plain data for a result; None for every other source."""
    if not source.startswith(PREFIX):
        return None
    _, fit = lay_onto(source)
    return {"sentence": fit.sentence} | asdict(fit)


def _match(file: Path, architecture: str) -> "tuple[Fit, dict[str, torch.Tensor], Any, str, dict[str, Any]]":
    """How the file fits, its tensors under the architecture's names, and the architecture's config and place."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification

    from core.models.classifier import explained
    from core.models.sources import locate_architecture

    where, extra = locate_architecture(architecture)
    with explained(architecture):
        config = AutoConfig.from_pretrained(where, **extra)
        pools.forget(config)
        with torch.device("meta"):
            skeleton = AutoModelForSequenceClassification.from_config(config)
    wanted, front = _encoder_tensors(skeleton)
    given = _modern(read_tensors(file))
    removed, added = fronts(
        {k: tuple(v.shape) for k, v in given.items()}, {k: tuple(v.shape) for k, v in wanted.items()}
    )
    placed = {added + name.removeprefix(removed): name for name in given if name.startswith(removed)}
    names = {name: placed[name] for name in wanted if name in placed}
    matched = {name: own for name, own in names.items() if given[own].shape == wanted[name].shape}
    differs = [
        (name, tuple(given[own].shape), tuple(wanted[name].shape)) for name, own in names.items() if name not in matched
    ]
    numbers = sum(tensor.numel() for tensor in wanted.values())
    buffers = {name for name, _ in skeleton.named_buffers()}
    fit = Fit(
        str(file), architecture, tuple(matched), tuple(name for name in wanted if name not in names),
        tuple(
            name for name in given
            if name not in names.values() and front + added + name.removeprefix(removed) not in buffers
        ),
        tuple(differs), removed, added, sum(wanted[name].numel() for name in matched) / max(1, numbers),
    )  # fmt: skip
    _judge(fit, wanted)
    return fit, {front + name: given[own] for name, own in matched.items()}, config, where, extra


def fronts(given: Mapping[str, tuple[int, ...]], wanted: Mapping[str, tuple[int, ...]]) -> tuple[str, str]:
    """What to take from the front of the file's names and what to put there, so that the most numbers find a place.

    Args:
        given: shape of each tensor in the file, by name; ``wanted``: of each tensor in the architecture.
    """
    best, found = 0, ("", "")
    for added in _front_candidates(wanted):
        inner = {name.removeprefix(added): shape for name, shape in wanted.items() if name.startswith(added)}
        for removed in _front_candidates(given):
            numbers = 0
            for name, shape in given.items():
                if name.startswith(removed) and inner.get(name[len(removed) :]) == shape:
                    numbers += _numbers(shape)
            if numbers > best:
                best, found = numbers, (removed, added)
    return found


def _front_candidates(names: Iterable[str]) -> list[str]:
    """Every front, ending in a dot and without a number, that stands before at least two names; the empty one first."""
    counts: dict[str, int] = {}
    for name in names:
        parts = name.split(".")
        for depth in range(1, min(len(parts), 6)):
            front = ".".join(parts[:depth]) + "."
            counts[front] = counts.get(front, 0) + 1
    numbered = {front for front in counts if any(part.isdigit() for part in front.split("."))}
    return ["", *(front for front, count in counts.items() if count > 1 and front not in numbered)]


def _numbers(shape: tuple[int, ...]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product


def _encoder_tensors(skeleton: "PreTrainedModel") -> "tuple[dict[str, torch.Tensor], str]":
    """The encoder's parameters by their name inside it, and what stands before them in the whole model."""
    front = f"{skeleton.base_model_prefix}."
    found: dict[str, torch.Tensor] = {
        name.removeprefix(front): each for name, each in skeleton.named_parameters() if name.startswith(front)
    }
    return found, front


def _modern(tensors: "dict[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    for old, new in OLD_NAMES:
        tensors = {name.replace(old, new) if name.endswith(old) else name: value for name, value in tensors.items()}
    return tensors


def _judge(fit: Fit, wanted: "Mapping[str, torch.Tensor]") -> None:
    """Refuse what cannot be meant: another vocabulary than the tokenizer's, or hardly anything that matches."""
    for name, own, expected in fit.differs:
        if "word_embeddings" in name or "tok_embeddings" in name:
            raise SourceError(
                f"The file's vocabulary does not fit {fit.architecture}: {name} is {own} in the file and {expected} there.",
                "Name the architecture that the file was trained with, so that its tokenizer fits, too.",
            )
    if fit.share < LEAST:
        example = next(iter(fit.left_over), "none")
        raise SourceError(
            f"Only {len(fit.matched)} of {len(wanted)} tensors of {fit.architecture} are in the file "
            f"({100 * fit.share:.0f} % of its numbers; the file has names such as {example}).",
            "Name the architecture that the file was trained with.",
        )


def _write(folder: Path, fit: Fit, tensors: Any, config: Any, where: str, extra: dict[str, Any]) -> None:
    """The checkpoint in a folder aside, then in one move."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoTokenizer

    from core.models.classifier import explained

    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    try:
        if pools.trained_pooling(where, config, extra) == "mean":
            (aside / "1_Pooling").mkdir()
            (aside / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}', encoding="utf-8")
        with explained(fit.architecture):
            AutoTokenizer.from_pretrained(where, **extra).save_pretrained(aside)
        config.dtype = torch.float32
        config.save_pretrained(aside)
        whole = {name: tensor.to(torch.float32).contiguous().clone() for name, tensor in tensors.items()}
        save_file(whole, aside / "model.safetensors", metadata={"format": "pt"})
        (aside / FIT).write_text(json.dumps(asdict(fit), ensure_ascii=False), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _from_json(value: dict[str, Any]) -> Fit:
    differs = tuple((name, tuple(own), tuple(expected)) for name, own, expected in value["differs"])
    lists = {key: tuple(value[key]) for key in ("matched", "missing", "left_over")}
    return Fit(**value | lists | {"differs": differs})


def _digest(file: Path) -> str:
    """Names the content of a file; a file that did not change since is not read again."""
    stat = file.stat()
    return _digest_of(str(file.resolve()), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=16)
def _digest_of(file: str, changed: int, size: int) -> str:
    with open(file, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:20]


def _forget_oldest(newest: Path) -> None:
    others = [path for path in newest.parent.iterdir() if path.is_dir() and path != newest and path.name[0] != "."]
    for path in sorted(others, key=lambda each: each.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
