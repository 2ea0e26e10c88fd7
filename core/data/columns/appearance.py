"""What a column looks like: names that tell what it holds, and what stands in its cells."""

import re
from dataclasses import dataclass

import pandas as pd

from core.data.columns.labels import SCORE_NAMES
from core.data.reading.cells import cell_text
from core.data.reading.parts import PARTS

TEXT_NAMES = ("text", "review", "sentence", "message", "tweet", "comment", "content", "body", "document", "premise")
PAIR_NAMES = ("text_pair", "sentence2", "hypothesis", "question2", "text2", "text_b", "sentence_b", "premise2")
LABEL_NAMES = (
    "label", "class", "sentiment", "target", "category", "emotion", "answer", "y", "topic", "rating", "intent", "stars",
)  # fmt: skip
SEVERAL_NAMES = ("labels", "tags", "emotions", "topics", "categories", "classes", "genres", "keywords", "intents")
DOMAIN_NAMES = ("domain", "source", "genre", "product", "airline", "platform", "website", "channel", "publisher")
LANGUAGE_NAMES = ("language", "lang", "locale", "language_code", "lang_code")
ID_NAMES = ("id", "index", "idx", "uid", "uuid", "guid", "row_id", "text_id", "comment_id", "tweet_id", "unnamed__0")
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
SAMPLE = 5000
MOST_CLASSES = 1000


@dataclass(frozen=True, slots=True)
class Column:
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


def look_at(frame: pd.DataFrame, name: str, position: int) -> Column:
    """Look at the cells of one column; of a long file at an even sample of ``SAMPLE`` to twice as many."""
    stride = max(1, len(frame) // SAMPLE)
    raw = frame[name].iloc[::stride]
    nested = any(isinstance(value, dict | list) or getattr(value, "ndim", 0) > 0 for value in raw)
    cells = [cell_text(value).strip() for value in raw]
    full = [cell for cell in cells if cell]
    lengths = sorted(len(cell) for cell in full) or [0]
    # a median would miss columns with a few short texts, a mean those with one giant
    return Column(
        name, position, len(full) / max(1, len(cells)), lengths[len(lengths) // 2],
        sum(" " in cell for cell in full) / max(1, len(full)), len(set(full)), len(full), nested,
        all(re.fullmatch(r"[-+]?\d+([.,]\d+)?", cell) for cell in full[:500]), frozenset(list(dict.fromkeys(full))[:200]),
    )  # fmt: skip


def plain_name(name: str) -> str:
    """A name as the lists above spell it."""
    return re.sub(r"[^a-z0-9_]", "_", name.strip().lower())


def is_text(column: Column) -> bool:
    """Filled, differing, and long enough; short texts need a recorder name."""
    if column.nested or column.numeric or column.filled < 0.5 or column.distinct < 2:
        return False
    return column.length >= 8 or (column.length >= 3 and plain_name(column.name) in TEXT_NAMES)


def text_score(column: Column) -> tuple[float, int]:
    """Long, distinct, with blanks (or in a script without them), filled, and with a recorder name."""
    score = min(column.length, 400) ** 0.5 * (0.3 + column.distinct / max(1, column.rows)) * column.filled
    if column.spaces < 0.2 and column.values and all(value.isascii() for value in column.values):
        score *= 0.3  # ids, addresses, codes
    name = plain_name(column.name)
    if any(name == each or name.endswith(f"_{each}") for each in TEXT_NAMES):
        score *= 4.0
    elif any(each in name for each in TEXT_NAMES) or name == "sentence1":
        score *= 3.0
    if name in ("html", "url", "title", "id", "meta") or name in PAIR_NAMES:
        score *= 0.5
    return score, -column.position


def text_reason(column: Column, columns: list[Column]) -> str:
    """Why this one of ``columns`` was taken as the text."""
    share = column.distinct / max(1, column.rows)
    longest = column.length >= max(each.length for each in columns if not each.nested)
    which = "the only column" if len(columns) == 1 else "longest text" if longest else "running text"
    return f"{which}, {100 * share:.0f} % unique, typically {column.length:.0f} characters"


def holds_parts(column: Column) -> bool:
    """Whether it holds nothing but names of parts."""
    return column.filled > 0.99 and bool(column.values) and all(value.lower() in PARTS for value in column.values)


def comes_again(column: Column) -> bool:
    """Whether its values come more than once, and are not all one."""
    return 1 < column.distinct < column.rows * 0.9


def is_label(column: Column) -> bool:
    """Few distinct values that come again and again; neither constant nor nearly empty."""
    if column.nested or column.filled < 0.5 or not 2 <= column.distinct <= MOST_CLASSES:
        return False
    return column.distinct <= max(2, column.rows / 4) and column.length <= 60


def label_score(column: Column) -> tuple[float, int]:
    """How much it looks like the label: by its name, and by few values; above 5 its name says so."""
    name = plain_name(column.name)
    named = any(name == each or name.endswith(f"_{each}") or name.startswith(f"{each}_") for each in LABEL_NAMES)
    score = 10.0 * named + 3.0 * any(each in name for each in LABEL_NAMES if len(each) > 3) - column.distinct**0.5 / 2
    if name == "label" or (column.nested and name in SEVERAL_NAMES):
        score += 2.0 + (12.0 if column.nested else 0.0)
    score -= 2.0 * (1 - column.filled) + (1.0 if column.length > 25 else 0.0)
    if name in ("id", "index", "unnamed__0", "date", "domain", "language", "lang", "location"):
        score -= 6.0
    return score, -column.position


def looks_answered(column: Column, plain: str) -> bool:
    """Worth a look although its values are too many for classes, or lists."""
    several = plain in SEVERAL_NAMES or any(plain == each or plain.endswith(f"_{each}") for each in LABEL_NAMES)
    scored = column.numeric and any(each in plain.split("_") for each in SCORE_NAMES)
    return column.filled >= 0.5 and column.distinct > 1 and (several or scored)
