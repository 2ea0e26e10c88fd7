"""Scores of a classifier on encoded texts: sorted, batched, and put back in order."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np

from core.models.attention import use_fast_attention
from core.training.batches import Encoded, collate, scoring_order

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Interrupted(Exception):
    """Raised out of a long computation when somebody asked to stop."""


def autocast(device: str, bf16: bool) -> AbstractContextManager[object]:
    """The context in which a forward pass runs: bf16 where it pays, else unchanged."""
    import torch

    return torch.autocast(device.split(":")[0], dtype=torch.bfloat16, enabled=bf16)


def score(
    model: "PreTrainedModel",
    encoded: Encoded,
    device: str,
    bf16: bool,
    progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> np.ndarray:
    """Raw scores of every row: (rows, classes) float32, in the order of ``encoded``.

    Args:
        progress: called with tokens done and tokens in all.

    Raises:
        Interrupted: when ``should_stop`` says so between two batches.
    """
    import torch

    use_fast_attention(model, device)
    logits = np.zeros((encoded.rows, int(model.config.num_labels or 0)), dtype=np.float32)
    lengths = encoded.lengths
    was_training, done = model.training, 0
    model.eval()
    try:
        for rows in scoring_order(lengths):
            with torch.inference_mode(), autocast(device, bf16):
                logits[rows] = model(**collate(encoded, rows, device)).logits.float().cpu().numpy()
            done += int(lengths[rows].sum())
            if progress:
                progress(done, encoded.tokens)
            if should_stop and should_stop():
                raise Interrupted
    finally:
        model.train(was_training)
    return logits


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (rows, classes) float64 from raw scores; each row sums to 1."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
