"""A frozen prefix: the lowest layers, which a training leaves as they are, run once for each text instead of every epoch."""

import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.array_cache import ArrayCache
from core.models.depths import STACK, depths
from core.models.fingerprint import architecture_fingerprint, weights_fingerprint
from core.training.batches import collate, padded, scoring_order
from core.training.encoding import Encoded
from core.training.events import Progress
from core.training.job import TrainingJob
from core.training.scoring import Interrupted, autocast

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

LARGEST = float(np.finfo(np.float16).max)
IN_MEMORY = 2**30  # bytes of vectors that may stay in memory where no disk is to be used


def prepare_frozen_prefix(
    job: TrainingJob, cut: int, should_stop: Callable[[], bool]
) -> "Generator[Progress, None, FrozenPrefix | None]":
    """The ``cut`` lowest layers with the vectors that they give for all training texts; None where layers cannot be
    skipped, or the vectors have no room.

    Raises:
        Interrupted: when ``should_stop`` says so.
    """
    if not FrozenPrefix.fits(job.model, cut):
        return None
    prefix, encoded = FrozenPrefix(job.model, cut), job.training.encoded
    key = _key(job.model, cut, encoded, job.bf16)
    cached = job.cache.get(key) if job.cache else None
    if cached is not None:
        vectors = cached["vectors"]
    else:
        room = _room_for((encoded.tokens, prefix.width), job.cache)
        if room is None:
            return None
        aside, vectors = room
        for done in prefix.encode(encoded, job.device, job.bf16, vectors):
            yield Progress("encoding", done, encoded.rows)
            if should_stop():
                raise Interrupted
        if job.cache and aside:
            job.cache.adopt(key, aside)
    prefix.use(vectors)
    prefix.learn_shape(encoded, job.device, job.bf16)
    return prefix


def _room_for(shape: tuple[int, int], cache: ArrayCache | None) -> tuple[Path | None, np.ndarray] | None:
    """An empty (tokens, width) float16 array: on disk in a folder aside, or in memory; None where neither has room."""
    size = 2 * shape[0] * shape[1]
    if cache and cache.fits(size):
        return cache.begin("vectors", shape, np.float16)
    return (None, np.zeros(shape, dtype=np.float16)) if size <= IN_MEMORY else None


class FrozenPrefix:
    """The ``cut`` lowest layers of an encoder, whose dropout is off and whose weights stand still.

    What leaves them is stored as float16. Layers of BERT's kind end in a normalisation; where they do not (ModernBERT), a
    number beyond what float16 holds becomes the largest that it holds, not infinity.
    """

    def __init__(self, model: "PreTrainedModel", cut: int):
        self.model, self.cut = model, cut
        self.layers = _layers(model)
        self._vectors: np.ndarray | None = None
        self._fed: torch.Tensor | None = None
        self._extra = 0  # further things that a layer returns beside the hidden states
        self._dtype: torch.dtype | None = None

    @classmethod
    def fits(cls, model: "PreTrainedModel", cut: int) -> bool:
        """Whether layers can be skipped in this architecture: all but those with parts between their layers."""
        between = any(getattr(module, "conv", None) is not None for module in model.modules())
        return cut > 0 and not between and len(_layers(model)) > cut

    @property
    def width(self) -> int:
        return int(getattr(self.model.config, "hidden_size", 0) or getattr(self.model.config, "dim", 0))

    def encode(self, encoded: Encoded, device: str, bf16: bool, vectors: np.ndarray) -> Iterator[int]:
        """Fill ``vectors``, (tokens, width) float16, with what leaves these layers; yields rows done."""
        import torch

        def stop(module: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> None:
            raise _Reached(inputs[0] if inputs else keywords["hidden_states"])

        was_training, done = self.model.training, 0
        self.model.eval()
        hook = self.layers[self.cut].register_forward_pre_hook(stop, with_kwargs=True)
        try:
            for rows in scoring_order(encoded.lengths):
                batch = collate(encoded, rows, device)
                with torch.inference_mode(), autocast(device, bf16):
                    try:
                        self.model(**batch)
                    except _Reached as reached:
                        hidden = reached.hidden  # (rows, longest, width)
                real = hidden[batch["attention_mask"].bool()].clamp(-LARGEST, LARGEST).to(torch.float16)
                vectors[encoded.positions(rows)] = real.cpu().numpy()
                done += len(rows)
                yield done
        finally:
            hook.remove()
            self.model.train(was_training)

    def use(self, vectors: np.ndarray) -> None:
        """Take the vectors of a filled array from now on."""
        self._vectors = vectors

    def learn_shape(self, encoded: Encoded, device: str, bf16: bool) -> None:
        """See what a layer returns and in which number format, from one short text."""
        import torch

        heard: list[Any] = []
        hook = self.layers[self.cut - 1].register_forward_hook(lambda module, inputs, output: heard.append(output))
        shortest = np.array([int(np.argmin(encoded.lengths))])
        with torch.inference_mode(), autocast(device, bf16):
            self.model(**collate(encoded, shortest, device))
        hook.remove()
        self._extra = len(heard[0]) - 1 if isinstance(heard[0], tuple) else -1
        self._dtype = (heard[0][0] if isinstance(heard[0], tuple) else heard[0]).dtype

    @contextmanager
    def skipped(self, encoded: Encoded, rows: np.ndarray, device: str) -> Iterator[None]:
        """Inside, a forward pass on ``rows`` takes the stored vectors and begins above these layers."""
        import torch

        if self._vectors is None:
            raise AssertionError("the frozen layers have no vectors yet")
        vectors = padded(np.asarray(self._vectors[encoded.positions(rows)]), encoded.lengths_of(rows))
        self._fed = torch.from_numpy(vectors).to(device, self._dtype)
        for layer in self.layers[: self.cut]:
            layer.forward = self._pass_on
        try:
            yield
        finally:
            for layer in self.layers[: self.cut]:
                del layer.forward
            self._fed = None

    def _pass_on(self, *_: Any, **__: Any) -> Any:
        return self._fed if self._extra < 0 else (self._fed, *[None] * self._extra)


def _key(model: "PreTrainedModel", cut: int, encoded: Encoded, bf16: bool) -> str:
    level, _ = depths(model)
    frozen = weights_fingerprint((name, weight) for name, weight in model.named_parameters() if level[name] <= cut)
    return hashlib.blake2b(
        f"{frozen}|{architecture_fingerprint(model.config)}|{encoded.digest}|{cut}|{bf16}".encode(), digest_size=16
    ).hexdigest()


class _Reached(Exception):
    """Carries the hidden states out of a forward pass that need not go further."""

    def __init__(self, hidden: "torch.Tensor"):
        self.hidden = hidden


def _layers(model: "PreTrainedModel") -> Any:
    """The list of an encoder's layers, the averaging one included."""
    import torch

    prefix = f"{model.base_model_prefix}."
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.ModuleList) and name.startswith(prefix) and STACK.search(f"{name}.0."):
            return module
    return torch.nn.ModuleList()
