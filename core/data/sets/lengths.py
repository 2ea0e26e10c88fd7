"""Lengths of texts in the tokens of the model that is going to read them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import workspace
from core.data.sets.store import DataSet

MOST_ROWS = 5000  # lengths are looked at in an even sample of this size


@dataclass(frozen=True, slots=True)
class LengthSummary:
    """Lengths in tokens, and the share (0..1) of rows and of tokens that a max length would cut."""

    rows: int
    median: int
    p95: int
    longest: int
    share_cut: float
    share_tokens_lost: float


def token_lengths(texts: Sequence[str], model: str, pairs: Sequence[str] | None = None) -> np.ndarray:
    """(rows,) int32 tokens of each text, uncut, special tokens included.

    Args:
        model: the source whose tokenizer counts.
    """
    from core.models.classifier import load_tokenizer

    tokenizer = load_tokenizer(model)
    lengths: list[int] = []
    for start in range(0, len(texts), 2000):
        second = None if pairs is None else list(pairs[start : start + 2000])
        encoded = tokenizer(list(texts[start : start + 2000]), second, return_attention_mask=False)
        lengths += [len(ids) for ids in encoded["input_ids"]]
    return np.asarray(lengths, dtype=np.int32)


def dataset_lengths(dataset: DataSet, model: str) -> np.ndarray:
    """Token lengths of a stored set, of an even sample where it is large.

    They are kept on disk under the content of the tokenizer's files.

    Raises:
        SourceError: when the tokenizer cannot be had.
    """
    from core.models.sources import tokenizer_stamp

    def count() -> np.ndarray:
        frame = dataset.sample(MOST_ROWS, ("text", "text_pair"))
        pairs = frame["text_pair"].tolist() if "text_pair" in frame else None
        return token_lengths(frame["text"].tolist(), model, pairs)

    stamp = tokenizer_stamp(model)
    if stamp is None:  # it is about to be downloaded
        return count()
    key = hashlib.sha256(f"{dataset.fingerprint}|{stamp}|{MOST_ROWS}".encode()).hexdigest()[:24]
    path = workspace.home() / "cache" / "lengths" / f"{key}.npy"
    return workspace.kept(path, _lengths_in, count, np.save)


def _lengths_in(path: Path) -> np.ndarray:
    lengths = np.load(path)
    if lengths.ndim != 1 or lengths.dtype.kind not in "iu":
        raise ValueError("it holds no lengths")
    return np.asarray(lengths)


def length_summary(lengths: np.ndarray, max_length: int) -> LengthSummary:
    """What a max length does to texts of these lengths."""
    if not len(lengths):
        return LengthSummary(0, 0, 0, 0, 0.0, 0.0)
    lost = np.maximum(lengths - max_length, 0).sum() / max(1, lengths.sum())
    return LengthSummary(
        len(lengths), int(np.median(lengths)), int(np.percentile(lengths, 95)), int(lengths.max()),
        float(np.mean(lengths > max_length)), float(lost),
    )  # fmt: skip
