"""Texts as token numbers, once; batches of similar length, in an order that a seed fixes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

WINDOW = 50  # batches that are sorted together: long enough to save padding, short enough to stay random


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token numbers of many texts, end to end, without padding.

    Attributes:
        ids: (tokens,) int32.
        types: (tokens,) int8 segment numbers for text pairs; None for single texts.
        offsets: (rows + 1,) int64; row ``i`` is ``ids[offsets[i]:offsets[i + 1]]``.
        cut: rows that were longer than the max length.
        pad: the token number that fills a batch.
    """

    ids: np.ndarray
    types: np.ndarray | None
    offsets: np.ndarray
    cut: int
    pad: int

    @property
    def rows(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """(rows,) int64, tokens of each row."""
        return np.diff(self.offsets)

    @property
    def tokens(self) -> int:
        return int(self.offsets[-1])

    def tokens_of(self, rows: np.ndarray) -> np.ndarray:
        """(tokens,) token numbers of some rows, end to end."""
        return self.ids[_positions(self.offsets, rows)]


def encode(
    texts: Sequence[str],
    tokenizer: "PreTrainedTokenizerBase",
    max_length: int,
    pairs: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    chunk: int = 2000,
) -> Encoded:
    """Tokenise each text once, cut at ``max_length`` tokens (special ones included).

    Args:
        texts: (rows,) strings.
        pairs: (rows,) second texts; the longer of the two is cut first.
        progress: called with rows done and rows in all.
    """
    wants_types = pairs is not None and "token_type_ids" in tokenizer.model_input_names
    ids: list[np.ndarray] = []
    types: list[np.ndarray] = []
    lengths: list[int] = []
    cut = 0
    for start in range(0, len(texts), chunk):
        stop = min(start + chunk, len(texts))
        second = list(pairs[start:stop]) if pairs is not None else None
        out = tokenizer(
            list(texts[start:stop]), second, truncation=True, max_length=max_length,
            return_token_type_ids=wants_types, return_attention_mask=False,
        )  # fmt: skip
        cut += sum(bool(each.overflowing) for each in out.encodings) if out.encodings else 0
        ids += [np.asarray(row, dtype=np.int32) for row in out["input_ids"]]
        types += [np.asarray(row, dtype=np.int8) for row in out["token_type_ids"]] if wants_types else []
        lengths += [len(row) for row in out["input_ids"]]
        if progress:
            progress(stop, len(texts))
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
    flat = np.concatenate(ids) if ids else np.empty(0, np.int32)
    return Encoded(flat, np.concatenate(types) if types else None, offsets, cut, tokenizer.pad_token_id or 0)


def training_order(lengths: np.ndarray, batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Batches of row positions for one epoch: shuffled, sorted by length inside windows, the batches shuffled again.

    Args:
        lengths: (rows,) tokens of each row.

    Returns:
        list of (<= batch_size,) positions; every row occurs exactly once. Equal arguments give equal batches.
    """
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    size = WINDOW * batch_size
    batches: list[np.ndarray] = []
    for start in range(0, len(order), size):
        window = order[start : start + size]
        window = window[np.argsort(-lengths[window], kind="stable")]
        batches += [window[at : at + batch_size] for at in range(0, len(window), batch_size)]
    return [batches[index] for index in random.permutation(len(batches))]


def split_batch(rows: np.ndarray, lengths: np.ndarray, most_tokens: int, at_least: int = 1) -> list[np.ndarray]:
    """A batch in pieces of at most ``most_tokens`` tokens with their padding, and in no fewer than ``at_least``."""
    padded = int(lengths[rows].max()) * len(rows)
    return np.array_split(rows, min(len(rows), max(at_least, -(-padded // max(1, most_tokens)))))


def scoring_order(lengths: np.ndarray, token_budget: int = 8192, most_rows: int = 256) -> list[np.ndarray]:
    """Batches for prediction: longest first, each at most ``token_budget`` tokens with its padding."""
    order = np.argsort(-lengths, kind="stable")
    batches: list[np.ndarray] = []
    start = 0
    while start < len(order):
        size = int(max(1, min(most_rows, token_budget // max(1, lengths[order[start]]))))
        batches.append(order[start : start + size])
        start += size
    return batches


def collate(encoded: Encoded, rows: np.ndarray, device: str) -> dict[str, "torch.Tensor"]:
    """A padded batch on ``device``: input_ids and attention_mask (rows, longest), token_type_ids for pairs."""
    import torch

    lengths = encoded.lengths[rows]
    mask = np.arange(int(lengths.max()))[None, :] < lengths[:, None]  # (rows, longest)
    source = _positions(encoded.offsets, rows)
    ids = np.full(mask.shape, encoded.pad, dtype=np.int64)
    ids[mask] = encoded.ids[source]
    batch = {"input_ids": ids, "attention_mask": mask.astype(np.int64)}
    if encoded.types is not None:
        batch["token_type_ids"] = np.zeros(mask.shape, dtype=np.int64)
        batch["token_type_ids"][mask] = encoded.types[source]
    return {name: torch.from_numpy(value).to(device, non_blocking=True) for name, value in batch.items()}


def _positions(offsets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(tokens,) places of the tokens of ``rows`` in the flat array, row after row."""
    lengths = offsets[rows + 1] - offsets[rows]
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) + np.repeat(offsets[rows] - starts, lengths)
