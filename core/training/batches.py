"""Texts as token numbers, once; batches of similar length, in an order that a seed fixes."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.array_cache import ArrayCache
from core.models.fingerprint import tokenizer_fingerprint
from core.training.truncation import check_pairs, pieces, special_counts

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
        owners: (rows,) int64, the text that each row is a window of, ascending; None where rows are whole texts.
    """

    ids: np.ndarray
    types: np.ndarray | None
    offsets: np.ndarray
    cut: int
    pad: int
    owners: np.ndarray | None = None

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

    @property
    def digest(self) -> str:
        """Name of these tokens in this order."""
        name = hashlib.blake2b(digest_size=16)
        for array in (self.ids, self.offsets, self.types, self.owners):
            name.update(b"-" if array is None else np.ascontiguousarray(array).data)
        return name.hexdigest()

    def tokens_of(self, rows: np.ndarray) -> np.ndarray:
        """(tokens,) token numbers of some rows, end to end."""
        return self.ids[self.positions(rows)]

    def lengths_of(self, rows: np.ndarray) -> np.ndarray:
        """(rows,) int64, tokens of some rows: a batch must not pay for the lengths of a million others."""
        return self.offsets[rows + 1] - self.offsets[rows]

    def positions(self, rows: np.ndarray) -> np.ndarray:
        """(tokens,) positions of the tokens of ``rows`` in the flat arrays, row after row."""
        lengths = self.lengths_of(rows)
        starts = np.cumsum(lengths) - lengths
        return np.arange(int(lengths.sum())) + np.repeat(self.offsets[rows] - starts, lengths)


def encode(
    texts: Sequence[str],
    tokenizer: "PreTrainedTokenizerBase",
    max_length: int,
    pairs: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    chunk: int = 2000,
    truncation: str = "head",
) -> Encoded:
    """Tokenise each text once, cut at ``max_length`` tokens (special ones included).

    Args:
        texts: (rows,) strings.
        pairs: (rows,) second texts; the longer of the two is cut first.
        progress: called with rows done and rows in all.
        truncation: which part of a longer text is read, see ``core.training.truncation``; with windows a text may
            become several rows, and ``owners`` says which.

    Raises:
        ConfigError: when pairs are to be cut other than at the end.
    """
    check_pairs(truncation, pairs)
    if truncation != "head":
        return _encode_parts(texts, tokenizer, max_length, truncation, progress, chunk)
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


def encode_once(
    texts: Sequence[str],
    tokenizer: "PreTrainedTokenizerBase",
    max_length: int,
    pairs: Sequence[str] | None = None,
    *,
    cache: ArrayCache,
    progress: Callable[[int, int], None] | None = None,
    truncation: str = "head",
) -> Encoded:
    """What ``encode`` gives, from disk and memory-mapped where the same texts were encoded in the same way before."""
    settings = f"{tokenizer_fingerprint(tokenizer)}|{max_length}|{truncation}|{len(texts)}|{pairs is not None}"
    name = hashlib.blake2b(settings.encode(), digest_size=16)
    for text in (*texts, *(pairs if pairs is not None else ())):
        name.update(f"{len(text)}:".encode() + text.encode("utf-8", "surrogatepass"))
    cached = cache.get(name.hexdigest())
    if cached is None:
        encoded = encode(texts, tokenizer, max_length, pairs, progress, truncation=truncation)
        arrays = {"ids": encoded.ids, "offsets": encoded.offsets, "numbers": np.array([encoded.cut, encoded.pad])}
        open_ones = {"types": encoded.types, "owners": encoded.owners}
        cache.put(name.hexdigest(), arrays | {key: value for key, value in open_ones.items() if value is not None})
        return encoded
    cut, pad = cached["numbers"].tolist()
    owners = np.array(cached["owners"]) if "owners" in cached else None
    return Encoded(cached["ids"], cached.get("types"), np.array(cached["offsets"]), cut, pad, owners)


def _encode_parts(
    texts: Sequence[str], tokenizer: "PreTrainedTokenizerBase", max_length: int, truncation: str,
    progress: Callable[[int, int], None] | None, chunk: int,
) -> Encoded:  # fmt: skip
    """``encode`` for texts that are tokenised whole and then cut otherwise than at the end."""
    before, after = special_counts(tokenizer)
    found: list[np.ndarray] = []
    owners: list[int] = []
    cut = 0
    for start in range(0, len(texts), chunk):
        stop = min(start + chunk, len(texts))
        out = tokenizer(list(texts[start:stop]), return_attention_mask=False)
        for row, ids in enumerate(out["input_ids"], start):
            parts = pieces(np.asarray(ids, dtype=np.int32), max_length, truncation, before, after)
            cut += truncation != "windows" and len(ids) > max_length
            found += parts
            owners += [row] * len(parts)
        if progress:
            progress(stop, len(texts))
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in found], dtype=np.int64)]).astype(np.int64)
    flat = np.concatenate(found) if found else np.empty(0, np.int32)
    own = np.asarray(owners, dtype=np.int64) if truncation == "windows" else None
    return Encoded(flat, None, offsets, cut, tokenizer.pad_token_id or 0, own)


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


def collate_flat(encoded: Encoded, rows: np.ndarray, device: str, first_position: int = 0) -> dict[str, Any]:
    """The same rows end to end, without padding, for a model that ``core.models.flat`` prepared.

    Args:
        first_position: the position number of each text's first token.

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
