"""What sort of answers a column holds: classes, several labels a row, a score, or yes and no."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.columns.label_cells import FALSE, NUMBER, TRUE, joined_items, listed_items, number_of
from core.data.columns.names import SCORE_NAMES, plain_name
from core.data.reading.cells import cell_text

SEPARATORS = {"|": "bars", ";": "semicolons", ",": "commas", "\t": "tabs"}  # that join labels -> what they are called
SAMPLE = 5000
MANY = 20  # whole numbers: with more distinct values than this they may be a score


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of answers a column holds: the task, the separator of joined labels, and why it looks so."""

    task: str
    separator: str | None
    reason: str


def look_at_labels(column: pd.Series) -> Kind:
    """Whether a column holds classes, several labels a row, or a score, by an even sample of its cells."""
    cells = list(_even(column))
    lists = [items for cell in cells if (items := listed_items(cell)) is not None]
    texts = [text for cell in cells if (text := cell_text(cell).strip())]
    if lists and len(lists) >= 0.5 * len(texts):
        names = {name for items in lists for name in items}
        several = sum(len(items) > 1 for items in lists) / len(lists)
        return Kind(
            "multi_label", None, f"lists of labels, {len(names)} different, {several:.0%} of the rows have several"
        )
    if texts and all(NUMBER.fullmatch(text) for text in texts):
        return _look_at_numbers(str(column.name), texts)
    separator = joined_by(texts)
    if separator:
        names = {name for text in texts for name in joined_items(text, separator)}
        several = sum(separator in text for text in texts) / len(texts)
        return Kind(
            "multi_label", separator,
            f"{len(names)} different labels joined by {SEPARATORS[separator]}, {several:.0%} of the rows have several",
        )  # fmt: skip
    distinct = sorted(set(texts))
    shown = ", ".join(distinct[:4]) + (" …" if len(distinct) > 4 else "")
    return Kind("single_label", None, f"{len(distinct)} different values ({shown}) over {len(texts):,} rows")


def joined_by(texts: list[str]) -> str | None:
    """The separator that joins several labels in one cell; None where cells hold one label each.

    Joined labels come again in other company, so there are fewer different labels than different cells; a name that
    merely holds a comma gives more parts than cells.
    """
    cells = set(texts) - {"[]"}
    return next((separator for separator in SEPARATORS if _joins(separator, cells)), None)


def is_flag(column: pd.Series) -> bool:
    """Whether a column says yes or no and nothing else, each at least once."""
    cells = {cell_text(cell).strip().lower() for cell in _even(column)}
    return cells <= {*TRUE, *FALSE} and bool(cells & set(TRUE)) and bool(cells & set(FALSE) - {""})


def _even(column: pd.Series) -> pd.Series:
    return column.iloc[:: max(1, len(column) // SAMPLE)]


def _joins(separator: str, cells: set[str]) -> bool:
    several = [cell for cell in cells if separator in cell]
    together = {name for cell in several for name in joined_items(cell, separator)}
    if not several or (len(several) < 2 and not together <= cells) or all(NUMBER.fullmatch(cell) for cell in several):
        return False
    names = {name for cell in cells for name in joined_items(cell, separator)}
    # a name without a letter or digit is no label; long ones are sentences
    fair = all(re.search(r"\w", name) and len(name) <= 40 for name in names)
    alone = sum(name in cells for name in names) / max(1, len(names))
    return fair and len(names) < len(cells) and (alone >= 0.3 or len(names) <= len(several))


def _look_at_numbers(name: str, texts: list[str]) -> Kind:
    values = np.array([number_of(text) for text in texts])
    distinct = np.unique(values)
    span = f"from {distinct[0]:g} to {distinct[-1]:g}"
    if not np.all(values == np.round(values)) and len(distinct) > 2:
        return Kind("regression", None, f"numbers with decimals {span}")
    gaps = distinct[-1] - distinct[0] + 1 > 1.5 * len(distinct)
    scored = any(usual in plain_name(name) for usual in SCORE_NAMES)
    if len(distinct) > 10 * MANY or (len(distinct) > MANY and (gaps or scored)):
        return Kind("regression", None, f"{len(distinct)} different whole numbers {span}")
    hint = "; taken as classes, choose score if their order matters" if len(distinct) > 2 else ""
    return Kind("single_label", None, f"{len(distinct)} different whole numbers {span}{hint}")
