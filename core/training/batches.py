"""Batches of encoded texts: of similar length, in an order that a seed fixes, padded or as one flat row."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from core.training.encoding import Encoded

if TYPE_CHECKING:
    import torch

WINDOW = 50  # batches that are sorted together: long enough to save padding, short enough to stay random


def training_order(lengths: np.ndarray, batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Batches of row positions for one epoch: shuffled, sorted by length inside windows, the batches shuffled again.

    Args:
        lengths: (rows,) tokens of each row.

    Returns:
        list of (<= batch_size,) positions; every row occurs exactly once. Equal arguments give equal batches.
    """
    random = np.random.default_rng((seed, epoch))
    batches: list[np.ndarray] = []
    for window in _sorted_windows(lengths, batch_size, random):
        batches += [window[at : at + batch_size] for at in range(0, len(window), batch_size)]
    return [batches[index] for index in random.permutation(len(batches))]


def even_order(lengths: np.ndarray, batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Batches for flat rows, which need no like lengths: shuffled, and each with about as many tokens as the next.

    Inside windows of ``training_order``'s size the rows are dealt out by length, so that every batch gets one of the
    longest, one of the next and so on, at random among rows that are about as long.

    Returns:
        as ``training_order``; batches differ by at most one row.
    """
    random = np.random.default_rng((seed, epoch))
    batches: list[np.ndarray] = []
    for window in _sorted_windows(lengths, batch_size, random):
        count = -(-len(window) // batch_size)
        dealt = [random.permutation(window[at : at + count]) for at in range(0, len(window), count)]
        batches += [np.array([ranks[number] for ranks in dealt if number < len(ranks)]) for number in range(count)]
    return [batches[index] for index in random.permutation(len(batches))]


def _sorted_windows(lengths: np.ndarray, batch_size: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """All rows in a random order, so many at a time as ``WINDOW`` batches hold, the longest of these first."""
    order = random.permutation(len(lengths))
    size = WINDOW * batch_size
    for start in range(0, len(order), size):
        window = order[start : start + size]
        yield window[np.argsort(-lengths[window], kind="stable")]


def split_batch(rows: np.ndarray, lengths: np.ndarray, most_tokens: int, at_least: int = 1) -> list[np.ndarray]:
    """A batch in pieces of at most ``most_tokens`` tokens with their padding, and in no fewer than ``at_least``.

    Args:
        lengths: (rows,) tokens of these rows.
    """
    padded = int(lengths.max()) * len(rows)
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

    lengths, positions = encoded.lengths_of(rows), encoded.positions(rows)
    batch = {
        "input_ids": padded(encoded.ids[positions].astype(np.int64), lengths, encoded.pad),
        "attention_mask": padded(np.ones(len(positions), dtype=np.int64), lengths),
    }
    if encoded.types is not None:
        batch["token_type_ids"] = padded(encoded.types[positions].astype(np.int64), lengths)
    return {name: torch.from_numpy(value).to(device, non_blocking=True) for name, value in batch.items()}


def collate_flat(
    encoded: Encoded, rows: np.ndarray, device: str, first_position: int = 0, upto: int | None = None
) -> dict[str, Any]:
    """The same rows end to end, without padding, for a model that ``core.models.flat`` prepared.

    Args:
        first_position: the position number of each text's first token.
        upto: tokens to fill the batch up to, by a last text of padding; more than the rows have.

    Returns:
        input_ids, position_ids and, for pairs, token_type_ids, each (1, tokens) int64; cu_seq_lens_q (rows + 1,) int32,
        where each text begins and the last one ends; max_length_q, an int, so that nobody has to ask the device.
    """
    import torch

    lengths = encoded.lengths_of(rows)
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    within = np.arange(bounds[-1]) - np.repeat(bounds[:-1], lengths)  # (tokens,) place of each token in its text
    source = encoded.positions(rows)
    columns = {"input_ids": encoded.ids[source], "position_ids": within + first_position}
    if encoded.types is not None:
        columns["token_type_ids"] = encoded.types[source]
    if upto is not None:
        bounds = np.append(bounds, np.int32(upto))
        fills = {"input_ids": encoded.pad, "position_ids": first_position, "token_type_ids": 0}
        more = upto - len(within)
        columns = {name: np.pad(column, (0, more), constant_values=fills[name]) for name, column in columns.items()}
    tokens = send(torch.from_numpy(np.stack([column.astype(np.int64) for column in columns.values()])), device)
    batch: dict[str, Any] = {name: tokens[at : at + 1] for at, name in enumerate(columns)}
    return batch | {"cu_seq_lens_q": send(torch.from_numpy(bounds), device), "max_length_q": int(lengths.max())}


def send(tensor: "torch.Tensor", device: str) -> "torch.Tensor":
    """``tensor`` on ``device``; to a CUDA card without waiting, which takes pinned memory."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.startswith("cuda") else tensor.to(device)


def padded(values: np.ndarray, lengths: np.ndarray, fill: int = 0) -> np.ndarray:
    """(rows, longest, ...) from values of all tokens end to end, (tokens, ...), filled up at the end of each row."""
    mask = np.arange(int(lengths.max()))[None, :] < lengths[:, None]  # (rows, longest)
    out = np.full((*mask.shape, *values.shape[1:]), fill, dtype=values.dtype)
    out[mask] = values
    return out
