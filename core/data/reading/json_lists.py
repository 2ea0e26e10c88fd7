"""Lists beside each other in one JSON object: columns of one table, or the rows of each label under its key.

Both look alike where each label has as many texts as every other, so texts and names decide.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.data.reading.header import is_usual_name
from core.data.reading.names import (
    LABEL_NAMES,
    PAIR_NAMES,
    SCORE_NAMES,
    SEVERAL_NAMES,
    TEXT_NAMES,
    is_called,
    plain_name,
)
from core.data.reading.parts import part_of

LOOKED_AT = 500  # items of a list by which it is told whether it holds texts
WORDED, WORDED_HERE = (
    0.5,
    0.3,
)  # share of texts of more than a word: of all lists, and of each where they may be columns
STRINGS, VARIED = 0.9, 0.5  # share of the items that must be strings, and of these that must differ
_LABELS_TOO = ("spam", "opinion")  # usual names of columns that are as usual for labels
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{4}"
)  # written without blanks

Found = tuple[list[Any], tuple[str, ...]]  # rows, and sentences about what was guessed or left out


def from_lists(value: dict[str, Any]) -> Found | None:
    """{"text": [...], "label": [...]} or {"angry": ["a text", ...], "happy": [...]}; None where the value is not built so.

    Single values beside the lists, such as a version, tell about the file; an empty list holds nothing.
    """
    lists = {key: cell for key, cell in value.items() if isinstance(cell, list) and cell}
    single = [key for key, cell in value.items() if not isinstance(cell, list | dict)]
    if len(lists) < 2 or any(is_called(plain_name(key), (*TEXT_NAMES, *PAIR_NAMES)) for key in single):
        return None  # the last is one record with lists in it
    others = [key for key, cell in value.items() if isinstance(cell, dict) and cell]
    texts = {key: cells for key, cells in lists.items() if _are_texts(cells)}
    if len(set(map(len, lists.values()))) == 1:
        if len(texts) < len(lists) or not _may_be_labels(texts):
            rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
            return rows, _without(others)
        return _rows_of(texts), (_taken_as_labels(texts), *_without(others))
    if len(texts) < 2 or _worded([text for cells in texts.values() for text in _some(cells)]) < WORDED:
        return None
    return _rows_of(texts), _without([*others, *(key for key in lists if key not in texts)])


def are_labelled(fields: Mapping[str, set[str]]) -> bool:
    """Whether lists of objects stand under labels: their objects are alike and have no label of their own.

    Args:
        fields: key of each list -> names of the fields of its first object.
    """
    first = next(iter(fields.values()), set())
    if len(fields) < 2 or any(names != first for names in fields.values()) or any(map(part_of, fields)):
        return False
    plain = [plain_name(name) for name in first]
    has_text = any(is_called(name, TEXT_NAMES) for name in plain)
    return has_text and not any(is_called(name, (*LABEL_NAMES, *SEVERAL_NAMES, *SCORE_NAMES)) for name in plain)


def with_label(row: Any, label: str) -> Any:
    """An object with its label as one more field."""
    return row | {"label": label} if isinstance(row, dict) else row


def _rows_of(texts: dict[str, list[Any]]) -> list[Any]:
    return [{"text": text, "label": label} for label, cells in texts.items() for text in cells]


def _are_texts(cells: list[Any]) -> bool:
    """Whether a list holds strings of which few come again; that they have several words is asked of all lists together."""
    strings = [cell for cell in _some(cells) if isinstance(cell, str)]
    return len(strings) >= STRINGS * len(_some(cells)) and len(set(strings)) > VARIED * len(strings)


def _may_be_labels(texts: dict[str, list[Any]]) -> bool:
    """Whether the keys of equally long lists of texts are labels: most texts have several words, and no key names a column."""
    shares = [_worded(_some(cells)) for cells in texts.values()]
    if min(shares) < WORDED_HERE or sum(shares) < WORDED * len(shares):
        return False
    if any(is_called(plain_name(key), (*TEXT_NAMES, *PAIR_NAMES)) for key in texts):
        return False
    usual = [key for key in texts if is_usual_name(key) and plain_name(key) not in _LABELS_TOO]
    return len(usual) < len(texts) / 2


def _worded(cells: list[Any]) -> float:
    """The share of texts that have several words."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    return sum(" " in text.strip() or _UNSPACED.search(text) is not None for text in texts) / max(1, len(texts))


def _some(cells: list[Any]) -> list[Any]:
    """Items from all over a list."""
    return cells[:: max(1, len(cells) // LOOKED_AT)]


def _taken_as_labels(keys: Mapping[str, Any]) -> str:
    shown = ", ".join(map(repr, list(keys)[:4])) + (" and others" if len(keys) > 4 else "")
    return f"The keys {shown} were taken as the labels of the texts in their lists, not as columns."


def _without(keys: list[str]) -> tuple[str, ...]:
    return tuple(f"What stands under {key!r} was left out: it holds no texts of a label." for key in keys)
