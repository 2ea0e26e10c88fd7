"""Which part of a text that is longer than the max length is read.

``head`` keeps its beginning, ``tail`` its end, ``head_tail`` both (Sun et al., 2019, section 5.3.1: 128 of 512 tokens
from the beginning was best on IMDB), and ``windows`` reads all of it in overlapping pieces whose scores are averaged.
The special tokens around a text stay where the tokenizer puts them.
"""

from typing import TYPE_CHECKING

import numpy as np

from core.errors import ConfigError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

HEAD_SHARE = 128 / 510  # of the tokens kept, from the beginning: Sun's 128 + 382
OVERLAP = 0.25  # share of a window that the next one reads again


def check_pairs(truncation: str, pairs: object) -> None:
    """Refuse what cannot be done with two texts.

    Raises:
        ConfigError: for pairs with anything but ``head``.
    """
    if pairs is not None and truncation != "head":
        raise ConfigError(
            f"truncation is {truncation!r}, and this data set has pairs of texts.", "For pairs only head is possible."
        )


def special_counts(tokenizer: "PreTrainedTokenizerBase") -> tuple[int, int]:
    """How many special tokens the tokenizer puts before and after a text."""
    plain = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    extra = len(whole) - len(plain)
    for before in range(extra + 1):
        if whole[before : before + len(plain)] == plain:
            return before, extra - before
    raise ConfigError(
        f"The tokenizer {type(tokenizer).__name__} changes a text's tokens when it adds special ones.",
        "Use the truncation head for this source.",
    )


def pieces(ids: np.ndarray, max_length: int, truncation: str, before: int, after: int) -> list[np.ndarray]:
    """What is read of one text, each piece at most ``max_length`` tokens with its special ones.

    Args:
        ids: (tokens,) of the whole text, special ones included.
        before, after: how many special tokens stand in front and behind.
    """
    if len(ids) <= max_length:
        return [ids]
    room = max(1, max_length - before - after)
    front, body, back = ids[:before], ids[before : len(ids) - after], ids[len(ids) - after :]
    return [np.concatenate([front, body[kept], back]) for kept in _kept(len(body), room, truncation)]


def window_starts(length: int, room: int) -> list[int]:
    """Where windows of ``room`` tokens begin in a text of ``length``; the last one ends where the text ends."""
    if length <= room:
        return [0]
    stride = max(1, room - round(OVERLAP * room))
    return [*range(0, length - room, stride), length - room]


def tokens_read(lengths: np.ndarray, max_length: int, truncation: str, special: int = 2) -> np.ndarray:
    """(rows,) tokens that are read of texts of these lengths, all windows of a text together."""
    if truncation != "windows":
        return np.minimum(lengths, max_length)
    room = max(1, max_length - special)
    counts = np.array([len(window_starts(int(length) - special, room)) for length in lengths], dtype=np.int64)
    return np.where(lengths <= max_length, lengths, counts * max_length)


def mean_by_owner(values: np.ndarray, owners: np.ndarray | None) -> np.ndarray:
    """The mean over the windows of each text: (rows, n) from (windows, n); unchanged where ``owners`` is None.

    Args:
        owners: (windows,) the row that each window belongs to, ascending, every row at least once.
    """
    if owners is None or not len(owners):
        return values
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    counts = np.diff(np.append(starts, len(owners)))
    return (np.add.reduceat(values.astype(np.float64), starts, axis=0) / counts[:, None]).astype(values.dtype)


def _kept(length: int, room: int, truncation: str) -> list[np.ndarray]:
    if truncation == "windows":
        return [np.arange(start, start + room) for start in window_starts(length, room)]
    head = {"head": room, "tail": 0, "head_tail": round(HEAD_SHARE * room)}[truncation]
    return [np.concatenate([np.arange(head), np.arange(length - (room - head), length)])]
