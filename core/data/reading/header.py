"""The names of columns: whether the first rows of a table hold them, and what they are where they do not.

The evidence of all columns is added up; no single sign decides against all others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.data.reading import names as usual
from core.data.reading.ask import SHOWN, Ask, Reading

LONGEST_NAME = 60  # characters
RUNNING_TEXT = 20  # characters from which a column's typical cell counts as text
ENOUGH = 2.0  # points from which on the first row holds names
STRONG = 5.0  # points from which on a second row of names is believed
NO_VALUE = 6.5  # points for a first cell that can be none of the few values of its column
TEXTS_AGAINST = -4.0  # points that running text in first cells has at most against such a cell
LONGEST_CELL = 80  # characters of a cell in a preview
TITLES = 3  # rows of names at most
DEEP = 12  # rows from which on the first few are left out of what stands below, for they may be names as well
# words that columns of texts and labels are called by
KNOWN = frozenset(
    "question answer title polarity fold uid date timestamp url subject sentence1 sentence2 question1 question2 text_a text_b "
    "text1 text2 word words tag value count spam description summary headline utterance query context premise hypothesis "
    "titel titre titulo titolo start_date end_date progress".split()
) | frozenset(
    name for names in (
        usual.TEXT_NAMES, usual.LABEL_NAMES, usual.SEVERAL_NAMES, usual.SCORE_NAMES, usual.PAIR_NAMES, usual.CODE_NAMES,
        usual.DATE_NAMES, usual.CONTEXT_NAMES, usual.DOMAIN_NAMES, usual.LANGUAGE_NAMES, usual.ID_NAMES, usual.SPLIT_NAMES,
        usual.GROUP_NAMES,
    ) for name in names if len(name) > 1
)  # fmt: skip
_RUNNING = "the first row holds running text"
_NAME = re.compile(r"\w[\w .:/()-]*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for names in the first row.

    Attributes:
        score: from ``ENOUGH`` on they are names.
        why: the strongest sign, in a few words.
        sure: whether all signs point one way.
    """

    score: float
    why: str
    sure: bool = True

    @property
    def named(self) -> bool:
        return self.score >= ENOUGH


def has_header(rows: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Whether the first row holds names, and the reason in a few words.

    Args:
        rows: the first rows, all of one width.
    """
    evidence = weigh_header(rows)
    return evidence.named, evidence.why


def weigh_header(rows: Sequence[Sequence[str]]) -> Evidence:
    """The signs for and against names in the first row, added up over its columns.

    Args:
        rows: the first rows, all of one width.
    """
    if not rows:
        return Evidence(-STRONG, "there is no row")
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    if not named:
        return Evidence(-STRONG, "the first row is empty")
    if len(rows) == 1:
        known = [cell for cell in named if is_usual_name(cell)]
        enough = len(known) == len(named) and len({cell.lower() for cell in named}) == len(named)
        return Evidence(
            STRONG if enough else -STRONG, "names that are usual for columns" if enough else "there is one row only"
        )
    rest = [row for row in rows[1:] if row != rows[0]]  # glued files repeat their names
    deep = rest[TITLES:] if len(rest) >= DEEP else rest
    signs = [*_of_row(first, deep)]
    numbered = bool(signs) and signs[0][0] > 0
    for column, name in enumerate(first):
        below = [cell for row in deep if (cell := row[column].strip())]
        if numbered and name:
            continue
        signs += _of_column(name, below, name in below or any(row[column].strip() == name for row in rest))
    score = _sum(signs)
    strongest = max(signs, key=lambda sign: sign[0] if score >= ENOUGH else -sign[0], default=(0.0, ""))
    why = strongest[1] or ("short cells over long ones" if score >= ENOUGH else "it looks like the rows below")
    speak_for, against = sum(p for p, _ in signs if p > 0), -sum(p for p, _ in signs if p < 0)
    return Evidence(score, why, sure=min(speak_for, against) < 2 or abs(score - ENOUGH) > 4)


_Sign = tuple[float, str]  # points, and the reason


def _sum(signs: list[_Sign]) -> float:
    """All points; long texts say little against a row in which another cell can be no value of its column."""
    texts = [points for points, why in signs if why == _RUNNING]
    others = sum(points for points, why in signs if why != _RUNNING)
    is_certain = any(points == NO_VALUE for points, _ in signs)
    return others + (max(sum(texts), TEXTS_AGAINST) if is_certain else sum(texts))


def _of_row(first: list[str], rest: Sequence[Sequence[str]]) -> list[_Sign]:
    """Signs of the row as a whole: columns numbered by a program, names that come twice."""
    named = [cell for cell in first if cell]
    start = 0 if named[0] == "0" else 1
    has_text = any(
        any(not is_number(cell) for row in rest[:50] if (cell := row[column].strip()))
        for column, name in enumerate(first) if name
    )  # fmt: skip
    if len(named) >= 2 and named == [str(number) for number in range(start, start + len(named))] and has_text:
        return [(STRONG, "the first row numbers the columns")]
    if len({cell.lower() for cell in named}) < len(named) and not all(map(is_number, named)):
        return [(-2.0, "the first row repeats a value")]
    return []


def _of_column(name: str, below: list[str], again: bool) -> list[_Sign]:
    """Signs of one column: how much its first cell differs in kind from those below.

    Args:
        again: whether the name stands below as well.
    """
    if not name:
        return [(1.0, "")] if below and all(map(is_number, below)) else []
    if is_number(name):
        return [(-5.0, f"the first row holds the number {name}")]
    if not below:
        return [(3.0, f"{name!r} is a usual name for a column")] if is_usual_name(name) else []
    if again:
        # such a word may be a name after all, as toxic over toxic and clean
        return [(-3.0, f"{name!r} stands in other rows as well")]
    signs = [(3.0, f"{name!r} is a usual name for a column")] if is_usual_name(name) else []
    typical = sorted(map(len, below))[len(below) // 2]
    repeated = len(below) >= 6 and len(set(below)) <= max(2, len(below) / 3)
    if repeated and typical < RUNNING_TEXT and len(name) > 3 * max(map(len, below)) and len(name.split()) > 2:
        return [*signs, (NO_VALUE, f"{name[:LONGEST_NAME]!r} stands over few, short values")]
    if all(map(is_number, below)):
        return [*signs, (3.0, f"{name!r} stands over numbers")]
    if len(name) > LONGEST_NAME or "\n" in name:
        is_question = name.rstrip().endswith(("?", "？", ":", "؟"))
        if not is_question:
            return [*signs, (-4.0, _RUNNING)]
    if typical >= RUNNING_TEXT or (typical >= 6 and len(name) * 2 < typical):
        return [*signs, *_over_text(name, typical)]
    if repeated:
        return [*signs, (2.0, f"{name!r} stands over few, repeated values")]
    return signs


def _over_text(name: str, typical: int) -> list[_Sign]:
    """A name over running text is short and no sentence; a question may be long."""
    if name.rstrip().endswith(("?", "？", "؟")) and len(name.split()) > 2:
        return []
    if len(name) * 2 <= typical and not re.search(r"[.!?。！？…]$|[,，] ?\w", name):
        one_word = len(name) * 3 <= typical and " " not in name and typical >= 2 * RUNNING_TEXT
        return [(2.0 if one_word else 1.0, f"{name!r} is short for what stands below" if one_word else "")]
    return [(-2.0, _RUNNING)] if len(name.split()) > 3 or len(name) * 1.5 > typical else []


def title_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows hold names, the first of which does: surveys have a second row with the questions."""
    count = 1
    while count < TITLES and count + 2 < len(rows):
        row = [cell.strip() for cell in rows[count]]
        technical = sum(cell.startswith('{"ImportId"') for cell in row) > 0.5 * len(row)  # a third row of Qualtrics
        evidence = weigh_header(rows[count:])
        if not technical and (evidence.score < STRONG or sum(map(bool, row)) < 0.5 * len(row)):
            break
        count += 1
    return count


def names_of_titles(rows: Sequence[Sequence[str]]) -> list[str]:
    """The names that one or several rows of names give: the first row without gaps or repeats, else all of them joined."""
    plain = [[cell.strip() for cell in row] for row in rows]
    whole = next((row for row in plain if all(row) and len(set(row)) == len(row)), None)
    if whole is not None or len(rows) == 1:
        return whole or plain[0]
    joined = [""] * len(plain[0])
    for number, row in enumerate(plain):
        above = ""
        for column, cell in enumerate(row):
            above = cell or (above if number < len(plain) - 1 else "")  # a cell over several columns names all of them
            joined[column] = " ".join(filter(None, (joined[column], above)))
    return joined


def ask_header(rows: Sequence[Sequence[str]], named: bool) -> Ask:
    """Whether the first row names the columns, with both readings."""
    width = len(rows[0])
    with_names = _reading("names of the columns", True, column_names(rows[0], width), rows[1:])
    without = _reading("a row of data", False, column_names(None, width), rows)
    taken, other = (with_names, without) if named else (without, with_names)
    shown = ", ".join(cell.strip() for cell in rows[0] if cell.strip())[:80]
    return Ask(
        "header",
        f"Does the first row ({shown}) name the columns?",
        "--no-header" if named else "--header",
        taken,
        other,
    )


def _reading(title: str, value: bool, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Reading:
    return Reading(
        title,
        value,
        tuple({name: cell[:LONGEST_CELL] for name, cell in zip(names, row, strict=False)} for row in rows[:SHOWN]),
    )


def is_usual_name(cell: str) -> bool:
    """Whether a cell is a word by which columns of texts and labels are called."""
    return len(cell) <= LONGEST_NAME and _word(cell) in KNOWN and _NAME.fullmatch(cell) is not None


def _word(cell: str) -> str:
    """The last known word of a name: label_name -> label, Review Text -> text, OriginalTweet -> tweet."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cell.strip())
    words = [word for word in usual.plain_name(spaced).split("_") if word]
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
    names = [" ".join(cell.split()) or f"Unnamed: {column}" for column, cell in enumerate(first)]
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
