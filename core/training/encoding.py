"""Texts as token numbers, made once and kept on disk."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.array_cache import ArrayCache
from core.models.fingerprint import tokenizer_fingerprint
from core.training.truncation import check_pairs, pieces, special_counts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


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
