"""Numbers as people write them: which mark stands before the decimals of a column, found for the column as a whole."""

import re
from dataclasses import dataclass

NUMBER = re.compile(
    r"[-+\u2212]?(\d{1,3}([.,' \u2019\u00a0\u202f])\d{3}(?:\2\d{3})*(?:[.,]\d+)?|\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?"
)
_UNIT = re.compile(
    r"(?P<number>.*?\d)\s*"
    r"(?P<unit>%|\u2030|(?:/|out of|of|von|sur|de|su|\u4e2d)\s*\d+|stars?|points?|pts\.?|sterne?|punkte?|[€$£¥])",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[' \u2019\u00a0\u202f]")
ALIKE = 10  # cells with one mark and three digits from which on that looks like groups of thousands


@dataclass(frozen=True, slots=True)
class DecimalMark:
    """How the numbers of a column are written.

    Attributes:
        mark: before the decimals, "." or ","; the other one then groups thousands. None where each cell says so itself.
        why: in a few words; empty where no cell leaves it open.
        sure: whether the cells allow one reading only.
    """

    mark: str | None
    why: str = ""
    sure: bool = True


def decimal_mark(texts: list[str]) -> DecimalMark:
    """The mark before the decimals of a column: 89,501 beside 921 are thousands, beside 0,5 decimals.

    Args:
        texts: cells that ``NUMBER`` matches.
    """
    signs = {".": set[str](), ",": set[str]()}  # mark -> what it was seen to be: decimal, thousands
    open_cells: dict[str, list[str]] = {".": [], ",": []}
    for text in texts:
        for mark, sign in _signs(_BLANKS.sub("", text).lstrip("+-\u2212")):
            if sign:
                signs[mark].add(sign)
            else:
                open_cells[mark].append(text)
    for mark, other in ((",", "."), (".", ",")):
        if "thousands" in signs[other] and "decimal" not in signs[other]:
            return DecimalMark(mark, _told(mark, "some cells hold both marks or group their digits"))
        if "decimal" in signs[mark] and "decimal" not in signs[other] and (open_cells[other] or open_cells[mark]):
            return DecimalMark(mark, _told(mark, "other cells have one, two or more than three digits behind it"))
    if any(signs.values()) or not any(open_cells.values()):
        return DecimalMark(None)
    return _weighed(texts, open_cells)


def _signs(text: str) -> list[tuple[str, str]]:
    """(mark, what it must be) for the marks of one cell; an empty word where three digits leave it open."""
    marks = [mark for mark in text if mark in ".,"]
    if not marks or "e" in text.lower():
        return []
    if len(set(marks)) == 2:
        return [(marks[-1], "decimal"), (marks[0], "thousands")]
    if len(marks) > 1:
        return [(marks[0], "thousands")]
    before, _, behind = text.partition(marks[0])
    is_open = len(behind) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    return [(marks[0], "" if is_open else "decimal")]


def _weighed(texts: list[str], open_cells: dict[str, list[str]]) -> DecimalMark:
    """The likelier reading of a column in which every mark has three digits behind it."""
    mark = max(open_cells, key=lambda candidate: len(open_cells[candidate]))
    other = "," if mark == "." else "."
    cells, whole = open_cells[mark], [text for text in texts if text.lstrip("+-").isdigit()]
    small = [text for text in whole if len(text.lstrip("+-")) <= 3]
    if whole and len(small) == len(whole):
        why = f"{cells[0]} stands beside {small[0]}, and no number of more than three digits goes without {mark!r}"
        return DecimalMark(other, _told(other, why), sure=mark == ",")
    if not whole and (mark == "," or (len(cells) >= ALIKE and any(cell.endswith("0") for cell in cells))):
        return DecimalMark(other, _told(other, f"every number has three digits behind {mark!r}"), sure=False)
    return DecimalMark(mark, _told(mark, "nothing else groups its digits"), sure=False)


def _told(mark: str, why: str) -> str:
    return f"the decimal {'comma' if mark == ',' else 'point'} is read ({why})"


def number_of(text: str, mark: str | None = None) -> float:
    """The number that ``NUMBER`` matches.

    Args:
        mark: before the decimals, as ``decimal_mark`` finds it for the column; None takes the last mark of the cell for it.
    """
    plain = _BLANKS.sub("", text).replace("\u2212", "-")
    if mark is None:
        last = max(plain.rfind("."), plain.rfind(","))
        twice = last >= 0 and plain.count(plain[last]) > 1
        mark = "," if last >= 0 and (plain[last] == ",") != twice else "."
    return float(plain.replace("." if mark == "," else ",", "").replace(",", "."))


def without_unit(text: str) -> str:
    """A cell without what stands behind its number: 85 of 85 %, 12 of 12/20, 4 of 4 out of 5; else the cell as it is."""
    found = _UNIT.fullmatch(text)
    return found["number"].strip() if found and is_number(found["number"].strip()) else text


def are_measured(texts: list[str]) -> bool:
    """Whether cells are numbers that all have the same behind them; of two kinds of it 3/5 and 7/10 could not be told apart."""
    units = {
        re.sub(r"\s", "", found["unit"]).lower().rstrip("s.") if (found := _UNIT.fullmatch(text)) else None
        for text in texts
    }
    return len(units) == 1 and None not in units and all(is_number(without_unit(text)) for text in texts)


def is_number(text: str) -> bool:
    """Whether a cell holds a number, however it is written."""
    return NUMBER.fullmatch(text) is not None
