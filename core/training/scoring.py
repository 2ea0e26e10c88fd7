"""Scores of a classifier on encoded texts: sorted, batched, and put back in order."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np

from core.errors import TrainingError
from core.models.bf16_copy import Bf16Copy
from core.models.flat import can_be_flat
from core.training.batches import scoring_order
from core.training.devices import give_back_memory
from core.training.encoding import Encoded
from core.training.fetching import Fetched
from core.training.forward import logits_of
from core.training.truncation import mean_by_owner

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CPU_TOKENS, GPU_TOKENS = (4096, 256), (32768, 1024)  # most tokens and most rows of a batch; a card wants large ones


class Interrupted(Exception):
    """Raised out of a long computation when somebody asked to stop."""


def token_budget(device: str) -> tuple[int, int]:
    """Most tokens, with their padding, and most rows of a batch that is only read."""
    return GPU_TOKENS if device.startswith("cuda") else CPU_TOKENS


def autocast(device: str, bf16: bool, fp16: bool = False) -> AbstractContextManager[object]:
    """The context in which a forward pass runs: bf16 or fp16 where it pays, else unchanged."""
    import torch

    dtype = torch.float16 if fp16 else torch.bfloat16
    return torch.autocast(device.split(":")[0], dtype=dtype, enabled=bf16 or fp16)


def score(
    model: "PreTrainedModel",
    encoded: Encoded,
    device: str,
    bf16: bool,
    progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    fp16: bool = False,
) -> np.ndarray:
    """Raw scores of every text: (rows, classes) float32, in the order of ``encoded``; of windows their mean.

    Args:
        progress: called with tokens done and tokens in all.

    Raises:
        Interrupted: when ``should_stop`` says so between two batches.
        TrainingError: when a score is not a finite number.
    """
    import torch

    from core.models.attention import use_fast_attention
    from core.models.packed import packed

    attention = model.config._attn_implementation
    use_fast_attention(model, device)
    logits = np.zeros((encoded.rows, int(model.config.num_labels or 0)), dtype=np.float32)
    lengths = encoded.lengths
    was_training, done = model.training, 0
    fetched = Fetched(
        logits, device, at_once=encoded.rows
    )  # at the end: scores are few, and fetching waits for the device
    model.eval()
    try:
        # a card computes with bf16 weights, which needs no casts; elsewhere the model computes itself
        halves = bf16 and device.startswith("cuda") and can_be_flat(model.config)
        scorer = Bf16Copy(model).model if halves else model
        with packed(model, device, bf16, encoded.tokens):
            waiting = scoring_order(lengths, *token_budget(device))[::-1]
            while waiting:
                rows = waiting.pop()
                try:
                    with torch.inference_mode(), autocast(device, bf16 and not halves, fp16):
                        fetched.put(rows, logits_of(scorer, encoded, rows, device))
                except torch.OutOfMemoryError:
                    if len(rows) == 1:
                        raise
                    waiting += [rows[len(rows) // 2 :], rows[: len(rows) // 2]]
                    give_back_memory(device)
                    continue
                done += int(lengths[rows].sum())
                if progress:
                    progress(done, encoded.tokens)
                if should_stop and should_stop():
                    raise Interrupted
    finally:
        model.train(was_training)
        if device == "cpu" and model.config._attn_implementation != attention:
            model.set_attn_implementation(attention)  # a training that drops attention weights out goes on doing so
    fetched.fetch()
    if not np.isfinite(logits).all():
        raise not_finite("The model's answers to some texts are")
    return mean_by_owner(logits, encoded.owners)


def not_finite(what: str) -> TrainingError:
    """The error for numbers that are NaN or infinite; ``what`` begins the sentence."""
    return TrainingError(
        f"{what} no finite numbers (NaN or infinite).",
        "Either its training diverged, then lower the learning rate; or the weights that it started from are damaged.",
    )
