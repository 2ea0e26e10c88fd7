"""Text cut into words as a reader sees them, in any script, and the tokens of a model gathered into them."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# scripts that put no blanks between words: there each letter is a word until a token joins several
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x312F), (0x31F0, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F), (0x20000, 0x3FFFF),
)  # fmt: skip
_INSIDE = "'’_-"  # between two letters these belong to the word
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place and its pull.

    Attributes:
        start, end: characters of the text, as Python counts them.
        weight: how much it pulled towards the answer that was explained; negative where it pulled away.
        read: whether the model read it at all; False beyond the max length.
    """

    text: str
    start: int
    end: int
    weight: float = 0.0
    read: bool = True


def split_words(text: str) -> list[tuple[int, int]]:
    """Where words begin and end; signs stand alone, signs of one picture together, blanks belong to none."""
    spans: list[tuple[int, int]] = []
    kind_before = ""
    for place, letter in enumerate(text):
        kind = _kind(text, place)
        if kind == "mark" and spans and spans[-1][1] == place:  # belongs to what stands before it
            spans[-1] = (spans[-1][0], place + 1)
            continue
        if kind == "blank":
            kind_before = ""
            continue
        joined = kind == kind_before and kind in ("word", "picture") and spans[-1][1] == place
        if joined or (kind_before == "picture" and spans and spans[-1][1] == place and text[place - 1] == _JOINER):
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
        kind_before = kind if letter != _JOINER else "picture"
    return spans


def gather(text: str, tokens: Iterable[tuple[int, int]], weights: Sequence[float]) -> list[Word]:
    """The words of a text with the summed weights of their tokens; a token over several words makes them one.

    Args:
        tokens: (start, end) in characters of each token; (0, 0) for those that stand for no letters.
        weights: (tokens,) of the same tokens.
    """
    spans = split_words(text)
    first = list(range(len(spans)))  # the word that each belongs to, told by its first span
    placed: list[tuple[int, float]] = []
    for (start, end), weight in zip(tokens, weights, strict=True):
        under = [number for number, span in enumerate(spans) if span[0] < end and start < span[1]]
        if not under:
            continue
        for before, number in pairwise(under):
            first[number] = first[before]
        placed.append((under[0], float(weight)))
    sums, read = dict.fromkeys(first, 0.0), set()
    for number, weight in placed:
        sums[first[number]] += weight
        read.add(first[number])
    words = []
    for number in dict.fromkeys(first):
        own = [span for span, belongs in zip(spans, first, strict=True) if belongs == number]
        start, end = own[0][0], own[-1][1]
        words.append(Word(text[start:end], start, end, sums[number], number in read))
    return words


def _kind(text: str, place: int) -> str:
    letter = text[place]
    category = unicodedata.category(letter)
    if letter.isspace() or category in ("Cc", "Zs", "Zl", "Zp"):
        return "blank"
    if category[0] == "M" or category == "Cf" or 0x1F3FB <= ord(letter) <= 0x1F3FF:
        return "mark"
    if category[0] in "LN":
        return "letter" if any(low <= ord(letter) <= high for low, high in _UNSPACED) else "word"
    if letter in _INSIDE and 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum():
        return "word"
    return "picture" if category == "So" else "sign"
