"""How much a column looks like a text, a label, a score, or the names of parts: by its name and by its profile."""

from core.data.columns.profile import ColumnProfile
from core.data.reading.names import (
    CONTEXT_NAMES,
    DATE_NAMES,
    LABEL_NAMES,
    PAIR_NAMES,
    SCORE_NAMES,
    SEVERAL_NAMES,
    TEXT_NAMES,
    is_called,
    plain_name,
)
from core.data.reading.parts import PARTS

MOST_CLASSES = 1000


def is_text(column: ColumnProfile) -> bool:
    """Filled, differing, and long enough; short texts need a telling name."""
    if column.nested or column.numeric or column.dated or column.listed or column.filled < 0.5:
        return False
    if column.distinct < 2:
        return False
    return column.length >= 8 or (column.length >= 3 and plain_name(column.name) in TEXT_NAMES)


def text_score(column: ColumnProfile) -> tuple[float, int]:
    """Long, distinct, with blanks (or in a script without them), filled, and with a telling name."""
    score = min(column.length, 400) ** 0.5 * (0.3 + column.distinct / max(1, column.rows)) * column.filled
    if column.spaces < 0.2 and column.values and all(value.isascii() for value in column.values):
        score *= 0.3  # ids, addresses, codes
    name = plain_name(column.name)
    if any(name == usual or name.endswith(f"_{usual}") for usual in TEXT_NAMES):
        score *= 4.0
    elif any(usual in name for usual in TEXT_NAMES if len(usual) > 3 or not usual.isascii()) or name == "sentence1":
        score *= 3.0
    if name in ("html", "url", "title", "id", "meta") or name in PAIR_NAMES:
        score *= 0.5
    return score, -column.position


def text_reason(column: ColumnProfile, columns: list[ColumnProfile]) -> str:
    """Why this one of ``columns`` was taken as the text."""
    share = column.distinct / max(1, column.rows)
    longest = column.length >= max(other.length for other in columns if not other.nested)
    which = "the only column" if len(columns) == 1 else "longest text" if longest else "running text"
    return f"{which}, {100 * share:.0f} % unique, typically {column.length:.0f} characters"


def holds_parts(column: ColumnProfile) -> bool:
    """Whether it holds nothing but names of parts."""
    return column.filled > 0.99 and bool(column.values) and all(value.lower() in PARTS for value in column.values)


def comes_again(column: ColumnProfile) -> bool:
    """Whether its values come more than once, and are not all one."""
    return 1 < column.distinct < column.rows * 0.9


def is_label(column: ColumnProfile) -> bool:
    """Few distinct values that come again and again; neither constant nor nearly empty, no dates, no place or person."""
    if column.nested or column.dated or column.filled < 0.5 or not 2 <= column.distinct <= MOST_CLASSES:
        return False
    if is_context(column):
        return False
    return column.distinct <= max(2, column.rows / 4) and column.length <= 60


def why_no_label(column: ColumnProfile) -> str:
    """Why a column whose name says label was not taken for one; empty where it has another name, or could be one."""
    if label_score(column)[0] + column.distinct**0.5 / 2 + 2.0 * (1 - column.filled) < 5.0 or is_label(column):
        return ""
    if column.filled < 0.5:
        return f"{column.name!r} is empty in {100 * (1 - column.filled):.0f} % of the rows"
    if column.distinct < 2:
        return f"{column.name!r} holds one value only, {min(column.values)!r}, and there is nothing to tell apart"
    if column.distinct > max(2, column.rows / 4):
        return (
            f"{column.name!r} has {column.distinct:,} different values in {column.rows:,} rows: hardly any comes again, "
            "as the names of classes do"
        )
    if column.length > 60:
        return f"{column.name!r} holds texts of typically {column.length:.0f} characters, not names of classes"
    return f"{column.name!r} has {column.distinct:,} different values, more than {MOST_CLASSES:,}"


def is_context(column: ColumnProfile) -> bool:
    """Whether the name says when, where or by whom a text was written, and not what it says."""
    name = plain_name(column.name)
    return is_called(name, CONTEXT_NAMES + DATE_NAMES) and not is_called(name, LABEL_NAMES)


def is_constant_label(column: ColumnProfile) -> bool:
    """Whether the name says that it is the label, but all rows bear one and the same."""
    return column.distinct == 1 and column.filled > 0.99 and column.rows > 1 and plain_name(column.name) in LABEL_NAMES


def label_score(column: ColumnProfile) -> tuple[float, int]:
    """How much it looks like the label: by its name, and by few values; above 5 its name says so."""
    name = plain_name(column.name)
    named = is_called(name, LABEL_NAMES)
    hinted = any(usual in name for usual in LABEL_NAMES if len(usual) > 3)
    several = column.nested or column.listed
    score = 10.0 * named + 3.0 * hinted - column.distinct**0.5 / 2
    if name == "label" or (several and name in SEVERAL_NAMES):
        score += 2.0 + (12.0 if several else 0.0)
    score -= 2.0 * (1 - column.filled) + (1.0 if column.length > 25 and not several else 0.0)
    score -= 0.5 * column.numeric  # of two that are named alike, the one in words
    if name in ("id", "index", "unnamed__0", "domain", "language", "lang"):
        score -= 6.0
    return score, -column.position


def may_hold_answers(column: ColumnProfile) -> bool:
    """Worth a look although its values are too many for classes, or lists."""
    name = plain_name(column.name)
    if column.dated or is_context(column):
        return False
    several = name in SEVERAL_NAMES or is_called(name, LABEL_NAMES)
    scored = column.numeric and is_called(name, SCORE_NAMES)
    return column.filled >= 0.5 and column.distinct > 1 and (several or scored)
