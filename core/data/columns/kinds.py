"""What sort of answers a column holds: classes, several labels a row, a score, or yes and no."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.data.columns.label_cells import (
    FALSE,
    TRUE,
    UNKNOWN,
    joined_items,
    listed_items,
    places,
    plain_label,
)
from core.data.columns.numbers import DecimalMark, are_measured, decimal_mark, is_number, number_of, without_unit
from core.data.reading.ask import SHOWN, Ask, Reading
from core.data.reading.cells import cell_text
from core.data.reading.names import CODE_NAMES, LABEL_NAMES, SCORE_NAMES, is_called, plain_name

# that join labels -> what they are called
SEPARATORS = {"|": "bars", ";": "semicolons", ",": "commas", "\t": "tabs", "#": "hash marks"}
LONGEST_LABEL = 40  # characters
SAMPLE = 5000
MANY = 20  # whole numbers: with more distinct values than this they may be a score
REPEATED = 3  # rows a value from which on many whole numbers may be classes


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of answers a column holds: the task, the separator of joined labels, and why it looks so.

    Attributes:
        decimal: the mark before the decimals of a score, where its cells leave that open.
        places: names of the places of lists of 0 and 1.
        asks: what the cells leave open.
    """

    task: str
    separator: str | None
    reason: str
    decimal: str | None = None
    places: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()


def look_at_labels(column: pd.Series) -> Kind:
    """Whether a column holds classes, several labels a row, or a score, by an even sample of its cells."""
    cells = list(_even(column))
    lists = [items for cell in cells if (items := listed_items(cell)) is not None]
    texts = [text for cell in cells if (text := cell_text(cell).strip())]
    named = any(isinstance(cell, dict | list) or str(cell).lstrip()[:1] == "{" for cell in cells)
    if lists and (named or len(lists) >= 0.5 * len(texts)):
        plain = [[cell_text(cell).strip()] for cell in cells if listed_items(cell) is None and cell_text(cell).strip()]
        return _look_at_lists(str(column.name), lists + plain)
    if texts and all(map(is_number, texts)):
        return _look_at_numbers(str(column.name), texts)
    if (
        texts
        and are_measured(texts)
        and (kind := _look_at_numbers(str(column.name), list(map(without_unit, texts)))).task == "regression"
    ):
        return kind
    separator = joined_by(texts)
    if separator:
        names = {name for text in texts for name in joined_items(text, separator)}
        several = sum(separator in text for text in texts) / len(texts)
        return Kind(
            "multi_label", separator,
            f"{len(names)} different labels joined by {SEPARATORS[separator]}, {several:.0%} of the rows have several",
        )  # fmt: skip
    distinct = sorted({plain_label(text) for text in texts})
    shown = ", ".join(distinct[:4]) + (" …" if len(distinct) > 4 else "")
    return Kind("single_label", None, f"{len(distinct)} different values ({shown}) over {len(texts):,} rows")


def _look_at_lists(column: str, lists: list[list[str]]) -> Kind:
    """Lists of labels; those that never hold more than one are one label a row; [0, 0, 1] names labels by their place."""
    width = places(lists)
    if width:
        return _look_at_places(column, lists, width)
    names = {name for items in lists for name in items}
    several = sum(len(items) > 1 for items in lists) / len(lists)
    if not several and sum(not items for items in lists) <= 0.05 * len(lists):
        return Kind("single_label", None, f"lists that hold one label each, {len(names)} different")
    return Kind("multi_label", None, f"lists of labels, {len(names)} different, {several:.0%} of the rows have several")


def _look_at_places(column: str, lists: list[list[str]], width: int) -> Kind:
    names = tuple(f"place {place}" for place in range(1, width + 1))
    one_each = all(sum(item in ("1", "1.0", "true") for item in items) == 1 for items in lists)
    shown = tuple({column: f"[{', '.join(items)}]"} for items in lists[:SHOWN])
    ask = Ask(
        "places", f"The lists in {column!r} have {width} places of 0 and 1: what are the labels called?",
        "--places NAME NAME …", Reading("a label a place, named by its number", list(names), shown),
        Reading("the same with names of your own", [], shown),
    )  # fmt: skip
    reason = f"lists of 0 and 1 with {width} places, a label each"
    return Kind("single_label" if one_each else "multi_label", None, reason, places=names, asks=(ask,))


def holds_repeated_lists(column: pd.Series) -> bool:
    """Whether a column holds lists of a few short labels that come again and again, so that it may be the label by its cells."""
    lists = [items for cell in _even(column) if (items := listed_items(cell)) is not None]
    names = Counter(name for items in lists for name in items)
    short = all(len(name) <= LONGEST_LABEL for name in names)
    return len(names) >= 2 and short and sum(names.values()) >= REPEATED * len(names)


def joined_by(texts: list[str]) -> str | None:
    """The separator that joins several labels in one cell; None where cells hold one label each.

    Joined labels come again in other company, so there are fewer different labels than different cells; a name that
    merely holds a comma gives more parts than cells.
    """
    cells = set(texts) - {"[]"}
    return next((separator for separator in SEPARATORS if _joins(separator, cells)), None)


def is_flag(column: pd.Series) -> bool:
    """Whether a column says yes or no and nothing else, each at least once; a blank beside marks such as x is a no."""
    cells = {cell_text(cell).strip().lower() for cell in _even(column)}
    return cells <= {*TRUE, *FALSE, *UNKNOWN} and bool(cells & set(TRUE)) and bool(cells & {*FALSE, *UNKNOWN})


def _even(column: pd.Series) -> pd.Series:
    return column.iloc[:: max(1, len(column) // SAMPLE)]


def _joins(separator: str, cells: set[str]) -> bool:
    several = [cell for cell in cells if separator in cell]
    together = {name for cell in several for name in joined_items(cell, separator)}
    if not several or (len(several) < 2 and not together <= cells) or all(map(is_number, several)):
        return False
    names = {name for cell in cells for name in joined_items(cell, separator)}
    # a name without a letter or digit is no label; long ones are sentences
    fair = all(re.search(r"\w", name) and len(name) <= 40 for name in names)
    alone = sum(name in cells for name in names) / max(1, len(names))
    return fair and len(names) < len(cells) and (alone >= 0.3 or len(names) <= len(several))


def _look_at_numbers(name: str, texts: list[str]) -> Kind:
    decimal = decimal_mark(texts)
    values = np.array([number_of(text, decimal.mark) for text in texts])
    distinct = np.unique(values)
    span = f"from {distinct[0]:g} to {distinct[-1]:g}"
    how = f"; {decimal.why}" if decimal.why else ""
    asks = () if decimal.sure else (_ask_decimal(name, texts, decimal),)
    is_whole = bool(np.all(values == np.round(values)))
    if not is_whole and len(distinct) > 2:
        return Kind("regression", None, f"numbers with decimals {span}{how}", decimal.mark, asks=asks)
    plain = plain_name(name)
    scored, coded = is_called(plain, SCORE_NAMES), is_called(plain, CODE_NAMES + LABEL_NAMES)
    gaps = distinct[-1] - distinct[0] + 1 > 1.5 * len(distinct)
    alike = len({len(text) for text in texts}) == 1 and len(texts[0]) >= 3  # as codes are
    again = len(texts) / len(distinct)
    if len(distinct) > MANY and not scored and (coded or alike) and again >= REPEATED:
        reason = (
            f"{len(distinct)} different whole numbers {span} that come again, {again:.0f} rows each: codes of classes"
        )
        return Kind(
            "single_label", None, reason, asks=(*asks, _ask_task(name, texts, "single_label")) if gaps else asks
        )
    if len(distinct) > 10 * MANY or (len(distinct) > MANY and (gaps or scored)) or asks:
        open_task = () if scored or asks or again < REPEATED else (_ask_task(name, texts, "regression"),)
        reason = f"{len(distinct)} different whole numbers {span}{how}"
        return Kind("regression", None, reason, decimal.mark, asks=(*asks, *open_task))
    hint = "; taken as classes, choose score if their order matters" if len(distinct) > 2 else ""
    return Kind("single_label", None, f"{len(distinct)} different whole numbers {span}{hint}")


def _ask_decimal(name: str, texts: list[str], decimal: DecimalMark) -> Ask:
    """Both readings of the numbers of a column, each with a few cells."""
    other = "," if decimal.mark == "." else "."
    marked = [text for text in texts if "." in text or "," in text][:SHOWN]

    def reading(mark: Any) -> Reading:
        rows = tuple({name: text, "read as": f"{number_of(text, mark):.10g}"} for text in marked)
        return Reading("a decimal comma" if mark == "," else "a decimal point", mark, rows)

    question = f"Are the numbers of {name!r}, such as {marked[0]}, written with a decimal comma or a decimal point?"
    return Ask("decimal", question, f"--decimal {other}", reading(decimal.mark), reading(other))


def _ask_task(name: str, texts: list[str], taken: str) -> Ask:
    shown = tuple({name: text} for text in list(dict.fromkeys(texts))[:SHOWN])
    classes = Reading(f"classes, {len(set(texts))} of them", "single_label", shown)
    score = Reading("a score whose order and distance count", "regression", shown)
    first, second = (classes, score) if taken == "single_label" else (score, classes)
    question = f"Are the whole numbers of {name!r} classes or a score?"
    return Ask("task", question, f"--task {'score' if second is score else 'single_label'}", first, second)
