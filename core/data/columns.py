"""Which column is the text and which the label: guessed with a reason, corrected by the user."""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from core.errors import DatasetError

TEXT_NAMES = ("text", "review", "sentence", "message", "tweet", "comment", "content", "body", "document", "premise")
PAIR_NAMES = ("text_pair", "sentence2", "hypothesis", "question2", "text2", "text_b", "sentence_b", "premise2")
LABEL_NAMES = (
    "label", "class", "sentiment", "target", "category", "emotion", "answer", "y", "topic", "rating", "intent", "stars",
)  # fmt: skip
SPLIT_NAMES = ("split", "part", "partition", "set", "fold", "subset")
GROUP_NAMES = (
    "group",
    "group_id",
    "author",
    "author_id",
    "user",
    "user_id",
    "movie_id",
    "document_id",
    "doc_id",
    "thread",
)
PARTS = {
    "train": "train", "training": "train", "valid": "validation", "validation": "validation", "val": "validation",
    "dev": "validation", "eval": "validation", "test": "test", "testing": "test",
}  # fmt: skip
SAMPLE = 5000
MOST_CLASSES = 1000


@dataclass(frozen=True, slots=True)
class Roles:
    """What each column is for, by the names of the file; ``reasons`` says in a sentence why it was guessed."""

    text: str
    label: str | None = None
    text_pair: str | None = None
    split: str | None = None
    group: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)

    def named(self) -> dict[str, str]:
        """The roles that are filled."""
        pairs = {each: getattr(self, each) for each in ("text", "label", "text_pair", "split", "group")}
        return {role: column for role, column in pairs.items() if column}

    def changed(self, **changes: Any) -> "Roles":
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class _Column:
    """What the guess looks at: filled cells as strings, their typical length in characters, distinct values."""

    name: str
    position: int
    filled: float
    length: float
    spaces: float
    distinct: int
    rows: int
    nested: bool
    numeric: bool
    values: frozenset[str]


def cell_text(value: Any) -> str:
    """One cell as text: missing becomes empty, 1.0 becomes 1, booleans lower case, nested values JSON."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return str(bool(value)).lower()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is pd.NaT else str(value)


def guess_roles(frame: pd.DataFrame) -> Roles:
    """The likeliest role of each column, by its name and by what stands in it.

    Raises:
        DatasetError: when no column looks like text.
    """
    columns = [_look(frame, name, position) for position, name in enumerate(frame.columns)]
    texts = sorted((each for each in columns if _is_text(each)), key=_text_score, reverse=True)
    if not texts:
        raise DatasetError(
            f"No column looks like text; there are: {', '.join(map(str, frame.columns[:20]))}.",
            "Name the text column, or check that the separator was recognised.",
        )
    text = texts[0]
    reasons = {"text": _text_reason(text, len(columns))}
    left = [each for each in columns if each is not text]
    pair = next((each for each in left if _plain(each.name) in PAIR_NAMES and _is_text(each)), None)
    if pair:
        reasons["text_pair"] = "its name says that it is the second text of a pair"
    split = next((each for each in left if _plain(each.name) in SPLIT_NAMES and _holds_parts(each)), None)
    split = split or next((each for each in left if each.distinct > 1 and _holds_parts(each)), None)
    if split:
        reasons["split"] = f"holds only names of parts: {', '.join(sorted(split.values))}"
    group = next((each for each in left if _plain(each.name) in GROUP_NAMES and _repeats(each)), None)
    if group:
        reasons["group"] = f"{group.distinct:,} groups of rows that belong together, by its name"
    left = [each for each in left if each not in (pair, split, group)]
    label = max((each for each in left if _is_label(each)), key=_label_score, default=None)
    if label:
        shown = ", ".join(sorted(label.values)[:4]) + (" ..." if label.distinct > 4 else "")
        reasons["label"] = f"{label.distinct} distinct values ({shown}) over {label.rows:,} rows"
    label_name, pair_name, split_name, group_name = (
        each.name if each else None for each in (label, pair, split, group)
    )
    return Roles(text.name, label_name, pair_name, split_name, group_name, reasons)


def check_roles(frame: pd.DataFrame, roles: Roles) -> None:
    """Raise where a role names a column that is not there, or two roles share one.

    Raises:
        DatasetError: quoting the column and listing those that exist.
    """
    for role, column in roles.named().items():
        if column not in frame.columns:
            known = ", ".join(map(str, frame.columns[:30]))
            raise DatasetError(f"There is no column {column!r} to take as {role}.", f"The columns are: {known}.")
    taken = list(roles.named().values())
    twice = {column for column in taken if taken.count(column) > 1}
    if twice:
        raise DatasetError(f"The column {twice.pop()!r} has two roles.", "Choose another column for one of them.")


def _look(frame: pd.DataFrame, name: str, position: int) -> _Column:
    stride = max(1, len(frame) // SAMPLE)
    raw = frame[name].iloc[::stride]
    nested = any(
        isinstance(value, dict | list) or (hasattr(value, "tolist") and not hasattr(value, "item")) for value in raw
    )
    cells = [cell_text(value).strip() for value in raw]
    full = [cell for cell in cells if cell]
    lengths = sorted(len(cell) for cell in full) or [0]
    # a median would miss columns with a few short texts, a mean those with one giant
    return _Column(
        name, position, len(full) / max(1, len(cells)), lengths[len(lengths) // 2],
        sum(" " in cell for cell in full) / max(1, len(full)), len(set(full)), len(full), nested,
        all(re.fullmatch(r"[-+]?\d+([.,]\d+)?", cell) for cell in full[:500]), frozenset(list(dict.fromkeys(full))[:200]),
    )  # fmt: skip


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.strip().lower())


def _is_text(column: _Column) -> bool:
    if column.nested or column.numeric or column.filled < 0.5 or column.distinct < 2:
        return False
    return column.length >= 8 or (column.length >= 3 and _plain(column.name) in TEXT_NAMES)


def _text_score(column: _Column) -> tuple[float, int]:
    """Long, distinct, with blanks (or in a script without them), filled, and with a telling name."""
    score = min(column.length, 400) ** 0.5 * (0.3 + column.distinct / max(1, column.rows)) * column.filled
    if column.spaces < 0.2 and column.values and all(value.isascii() for value in column.values):
        score *= 0.3  # ids, addresses, codes
    name = _plain(column.name)
    if any(name == each or name.endswith(f"_{each}") for each in TEXT_NAMES):
        score *= 4.0
    elif any(each in name for each in TEXT_NAMES) or name == "sentence1":
        score *= 3.0
    if name in ("html", "url", "title", "id", "meta") or name in PAIR_NAMES:
        score *= 0.5
    return score, -column.position


def _text_reason(column: _Column, columns: int) -> str:
    share = column.distinct / max(1, column.rows)
    longest = "the only column" if columns == 1 else "running text"
    return f"{longest}: typically {column.length:.0f} characters, {share:.0%} distinct"


def _holds_parts(column: _Column) -> bool:
    return column.filled > 0.99 and bool(column.values) and all(value.lower() in PARTS for value in column.values)


def _repeats(column: _Column) -> bool:
    return 1 < column.distinct < column.rows * 0.9


def _is_label(column: _Column) -> bool:
    """Few distinct values that come again and again; neither constant nor nearly empty."""
    if column.nested or column.filled < 0.5 or not 2 <= column.distinct <= MOST_CLASSES:
        return False
    return column.distinct <= max(2, column.rows / 4) and column.length <= 60


def _label_score(column: _Column) -> tuple[float, int]:
    name = _plain(column.name)
    named = any(name == each or name.endswith(f"_{each}") or name.startswith(f"{each}_") for each in LABEL_NAMES)
    score = 10.0 * named + 3.0 * any(each in name for each in LABEL_NAMES if len(each) > 3) - column.distinct**0.5 / 2
    if name == "label":
        score += 2.0
    score -= 2.0 * (1 - column.filled) + (1.0 if column.length > 25 else 0.0)
    if name in ("id", "index", "unnamed__0", "date", "domain", "language", "lang", "location"):
        score -= 6.0
    return score, -column.position
