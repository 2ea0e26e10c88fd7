"""Spellings of labels: which are surely one class, which perhaps, and which say that there is no label."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

NUMBER = re.compile(
    r"-?(0|[1-9]\d*)(\.0+)?"
)  # 1 and 1.0; not codes such as 007, +1 whose signs say something, nor 2.10 beside 2.1
HARMLESS = re.compile(r"(?<=[^\W\d_])[\s_.-]+(?=[^\W\d_])")  # marks between two letters: e-mail, e mail, email
BLANKS = re.compile(r"(?<=[^\W\d_])[\s_]+(?=\d)|(?<=\d)[\s_]+(?=[^\W\d_])")  # class 1, class_1; never A-1, 1 0
MISSING = frozenset({
    "nan", "<na>", "n/a", "n.a.", "#n/a", "na", "nat", "null", "(null)", "-", "--", "---", "\u2013", "\u2014", "?", ".", "#n/v",
})  # fmt: skip
SHORTEST, LONG = 4, 10  # letters of labels from which one, and from which two, edits may be a slip
MUCH_RARER = 0.5  # rows of the misspelt label, as a share of those of the right one, at most


class Spelling(NamedTuple):
    """A label, what it is probably meant to be, and how many letters differ."""

    label: str
    becomes: str
    edits: int


def label_key(label: str) -> tuple[str, str] | tuple[str, float]:
    """Equal for labels that are one but for case, blanks and harmless marks; numbers are compared as numbers.

    Signs, ``+``, ``#``, decimal points and whatever else stands beside a digit or at the end of a label carry meaning:
    -1 and 1, A and A-, C and C++, 3.5 and 35 are different. Invisible characters, a full stop or quotes around a name do not.
    """
    text = clean_label(label)
    if NUMBER.fullmatch(text):
        return "number", float(text)
    text = HARMLESS.sub("", BLANKS.sub("", text)).strip("_") or text
    if len(text) > 2 and text[-1] == "." and text[-2].isalpha():
        text = text[:-1]
    return "name", text.casefold()


def clean_label(label: str) -> str:
    """The label without invisible characters and quotes around it, with single blanks and a plain minus sign."""
    text = unicodedata.normalize("NFC", label).replace("\u2212", "-")
    text = "".join(
        sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc") or sign in "\t\n\u200c\u200d"
    )
    if not text.isascii() and text.replace("\u200c", "").replace("\u200d", "").isascii():
        text = text.replace("\u200c", "").replace("\u200d", "")  # joiners mean something in Persian and Hindi alone
    text = " ".join(text.split())
    return text[1:-1].strip() or text if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'`" else text


def variants(counts: Mapping[str, int]) -> list[list[str]]:
    """Groups of labels that are one but for case, blanks and harmless marks, in each the commonest first.

    Args:
        counts: label -> rows.
    """
    alike: dict[tuple[str, str] | tuple[str, float], list[str]] = {}
    for label in _commonest_first(counts):
        alike.setdefault(label_key(label), []).append(label)
    return [labels for labels in alike.values() if len(labels) > 1 or clean_label(labels[0]) != labels[0]]


def safe_names(counts: Mapping[str, int]) -> dict[str, str]:
    """Old -> new, so that each group of ``variants`` has its commonest spelling, without invisible characters."""
    names: dict[str, str] = {}
    for labels in variants(counts):
        becomes = clean_label(labels[0])
        names |= {label: becomes for label in labels if label != becomes}
    return names


def misspellings(counts: Mapping[str, int]) -> list[Spelling]:
    """Labels that are a letter or two from one with at least twice as many rows, the nearest first.

    They begin alike and have the same digits and signs: a guess that a person has to confirm.
    """
    labels = [label for label in _commonest_first(counts) if len(label) >= SHORTEST - 1]
    keys = {label: label_key(label) for label in labels}
    pairs = []
    for place, label in enumerate(labels):
        for other in labels[:place]:
            if counts[label] > MUCH_RARER * counts[other] or keys[label] == keys[other]:
                continue
            edits = _slips(label.casefold(), other.casefold())
            if edits:
                pairs.append(Spelling(label, other, edits))
    nearest: dict[str, Spelling] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.edits, -counts[pair.becomes])):
        nearest.setdefault(pair.label, pair)
    return [pair for pair in nearest.values() if pair.becomes not in nearest]


def is_missing(label: str) -> bool:
    """Whether the label only says that there is none: nan, N/A, a dash."""
    return clean_label(label).casefold() in MISSING or label == "None"


def _commonest_first(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda label: (-counts[label], label))


def _slips(label: str, other: str) -> int:
    """Edits between two names that may be a slip of the pen; 0 where they are no such pair."""
    longest = max(len(label), len(other))
    most = 2 if longest >= LONG else 1 if longest >= SHORTEST else 0
    if label[0] != other[0] or abs(len(label) - len(other)) > most:
        return 0
    if _digits_and_signs(label) != _digits_and_signs(other):
        return 0
    edits = edit_distance(label, other)
    return edits if edits <= most else 0


def _digits_and_signs(label: str) -> list[str]:
    return [sign for sign in label if not sign.isalpha() and sign not in " _-"]


def edit_distance(one: str, other: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment: Damerau, 1964)."""
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, opposite in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != opposite))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
