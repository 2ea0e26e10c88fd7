"""The names of columns: whether the first row of a table holds them, and what they are where it does not."""

import re
from collections.abc import Sequence

LONGEST_NAME = 60  # characters
RUNNING_TEXT = 20  # characters from which a column's typical cell counts as text
# words that columns of texts and labels are called by
KNOWN = frozenset(
    "text review sentence message tweet comment content body document premise hypothesis question answer title label labels "
    "class sentiment target category emotion topic rating stars intent score polarity split part fold id idx index uid author "
    "user username date time timestamp url lang language domain source name description summary headline utterance query context "
    "sentence1 sentence2 question1 question2 text_a text_b text1 text2 word words tag tags value count spam subject".split()
)


def has_header(rows: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Whether the first row holds names, and the reason in a few words.

    Args:
        rows: the first rows, all of one width.
    """
    if not rows:
        return False, "there is no row"
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    known = [cell for cell in named if _word(cell) in KNOWN and re.fullmatch(r"\w[\w .:/()-]*", cell)]
    if not named:
        return False, "the first row is empty"
    if len({cell.lower() for cell in named}) < len(named):
        return False, "the first row repeats a value"
    for cell in named:
        if is_number(cell):
            return False, f"the first row holds the number {cell}"
        if len(cell) > LONGEST_NAME or "\n" in cell:
            return False, "the first row holds running text"
    if len(rows) == 1:
        return len(known) == len(named), "names that are usual for columns" if known else "there is one row only"
    score, why = 0.0, ""
    rest = [row for row in rows[1:] if row != rows[0]]  # glued files repeat their names
    for column, name in enumerate(first):
        points, reason = _points(name, [row[column].strip() for row in rest if row[column].strip()])
        score += points
        why = reason if points >= 2 and not why else why
        if points <= -5:
            return False, reason
    if known:
        score, why = score + 3 * len(known), why or f"{known[0]!r} is a usual name for a column"
    return score >= 2, why or ("short cells over long ones" if score >= 2 else "it looks like the rows below")


def _points(name: str, below: list[str]) -> tuple[float, str]:
    """How much the first cell of a column differs in kind from those below; -5 and less where it cannot be a name."""
    if not below:
        return 0.0, ""
    if not name:
        return (1.0 if all(map(is_number, below)) else 0.0), ""
    if name in below:
        return -5.0, f"{name!r} stands in other rows as well"
    if all(is_number(cell) for cell in below):
        return 3.0, f"{name!r} stands over numbers"
    typical = sorted(map(len, below))[len(below) // 2]
    if typical >= RUNNING_TEXT or (typical >= 6 and len(name) * 2 < typical):
        if len(name) * 2 <= typical and not re.search(r"[.!?。！？…]$|[,，] ?\w", name):
            return 1.0, ""
        return -2.0 if len(name.split()) > 3 or len(name) * 1.5 > typical else 0.0, ""
    if len(below) >= 6 and len(set(below)) <= max(2, len(below) / 3):
        return 2.0, f"{name!r} stands over few, repeated values"
    return 0.0, ""


def _word(cell: str) -> str:
    """The last known word of a name: label_name -> label, Review Text -> text, OriginalTweet -> tweet."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cell.strip())
    words = [word for word in re.split(r"[^a-z0-9]+", plain.lower()) if word]
    whole = "_".join(words)
    if whole in KNOWN or len(words) > 3:
        return whole
    return next((word for word in reversed(words) if word in KNOWN), whole)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, with a point or a comma for the fraction."""
    try:
        float(cell.strip().replace(",", ".", 1))
        return any(map(str.isdigit, cell))  # "nan" and "inf" are words here
    except ValueError:
        return False


def column_names(first: Sequence[str] | None, width: int) -> list[str]:
    """Unique names for ``width`` columns: those of the first row, or numbers; a single column is called text.

    Args:
        first: the row that names the columns; None where none does.
    """
    if first is None:
        return ["text"] if width == 1 else [str(column) for column in range(width)]
    names = [cell.strip() or f"Unnamed: {column}" for column, cell in enumerate(first)]
    return unique_names([*names, *(f"Unnamed: {column}" for column in range(len(names), width))])


def unique_names(names: Sequence[str]) -> list[str]:
    """The names with .1, .2 … where one comes again."""
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 0
        while candidate in taken:
            number += 1
            candidate = f"{name}.{number}"
        taken.add(candidate)
        unique.append(candidate)
    return unique
