"""Labels as files write them (one, several, numbers) and as they are stored: one text a row."""

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.data.reading.cells import cell_text
from core.errors import DatasetError
from core.tasks import SEPARATOR, join_labels, split_labels

SEPARATORS = ("|", ";", ",", "\t")
TRUE = ("1", "true", "yes", "1.0")
FALSE = ("0", "false", "no", "0.0", "")
SAMPLE = 5000
MANY = 20  # whole numbers: with more distinct values than this they may be a score
BINS = 10  # parts of the range of a score over which rows are spread evenly
NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")
SCORE_NAMES = ("score", "rating", "stars", "similarity", "grade", "points", "value", "price", "intensity", "strength")


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of answers a column holds: the task, the separator of joined labels, and why it looks so."""

    task: str
    separator: str | None
    reason: str


def look_at_labels(column: pd.Series) -> Kind:
    """Whether a column holds classes, several labels a row, or a score, by an even sample of its cells."""
    cells = list(column.iloc[:: max(1, len(column) // SAMPLE)])
    sets = [each for cell in cells if (each := _listed(cell)) is not None]
    texts = [text for cell in cells if (text := cell_text(cell).strip())]
    if sets and len(sets) >= 0.5 * len(texts):
        names = {name for each in sets for name in each}
        several = sum(len(each) > 1 for each in sets) / len(sets)
        return Kind(
            "multi_label", None, f"lists of labels, {len(names)} different, {several:.0%} of the rows have several"
        )
    if texts and all(NUMBER.fullmatch(text) for text in texts):
        return _look_at_numbers(str(column.name), texts)
    separator = joined_by(texts)
    if separator:
        names = {name for text in texts for name in _parts(text, separator)}
        several = sum(separator in text for text in texts) / len(texts)
        return Kind(
            "multi_label", separator,
            f"{len(names)} different labels joined by {_said(separator)}, {several:.0%} of the rows have several",
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
    for separator in SEPARATORS:
        several = [cell for cell in cells if separator in cell]
        together = {name for cell in several for name in _parts(cell, separator)}
        if (
            not several
            or (len(several) < 2 and not together <= cells)
            or all(NUMBER.fullmatch(cell) for cell in several)
        ):
            continue
        names = {name for cell in cells for name in _parts(cell, separator)}
        # a name without a letter or digit is no label; long ones are sentences
        fair = all(re.search(r"\w", name) and len(name) <= 40 for name in names)
        alone = sum(name in cells for name in names) / max(1, len(names))
        if fair and len(names) < len(cells) and (alone >= 0.3 or len(names) <= len(several)):
            return separator
    return None


def stored_answers(
    frame: pd.DataFrame, task: str, label: str | None, labels: tuple[str, ...] = (), separator: str | None = None
) -> pd.Series:
    """(rows,) the answer of each row as it is stored; None where there is none.

    Args:
        label: the column with the answers, or None with ``labels``: a column of 0 and 1 for each label.
        separator: between the labels in one cell, where they are joined.

    Raises:
        DatasetError: when the columns do not hold what the task needs.
    """
    if labels:
        return _from_flags(frame, labels)
    if task == "regression":
        return _numbers(frame[label], str(label))
    if task == "multi_label":
        sets = [_set_of(cell, separator) for cell in frame[label]]
        order = {name: place for place, name in enumerate(label_names(sets))}
        told = [None if each is None else join_labels(sorted(each, key=order.__getitem__)) for each in sets]
        return pd.Series(told, dtype=object)
    return pd.Series([cell_text(cell).strip() or None for cell in frame[label]], dtype=object)


def label_names(sets: list[set[str] | None]) -> list[str]:
    """All labels in their order: numbers by size, then names by the alphabet."""
    return sorted({name for each in sets if each for name in each}, key=label_order)


def label_order(label: str) -> tuple[int, float, str]:
    """Sorts labels: numbers by size, then names by the alphabet."""
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label


def names_of(task: str, answers: pd.Series, column: str) -> tuple[str, ...]:
    """The names of a model's outputs: classes, labels, or the score's own name."""
    if task == "regression":
        return (column,)
    if task == "multi_label":
        return tuple(label_names([set(split_labels(answer)) for answer in answers.unique()]))
    return tuple(sorted(answers.unique(), key=label_order))


def count_labels(task: str, answers: pd.Series, column: str) -> dict[str, int]:
    """Rows of each class or label; a row with several counts for each of them."""
    if task == "regression":
        return {column: len(answers)}
    if task == "multi_label":
        answers = answers.map(split_labels).explode().dropna()
    return {str(label): int(rows) for label, rows in answers.value_counts().items()}


def strata(task: str, answers: pd.Series) -> pd.Series:
    """(rows,) what rows are spread evenly by: the class; the rarest of several labels; a tenth of the range of a score."""
    if task == "multi_label":
        counts = count_labels(task, answers, "")
        rarest = {
            each: min(split_labels(each), key=lambda name: (counts[name], name), default="")
            for each in answers.unique()
        }
        return answers.map(rarest)
    if task == "regression":
        values = answers.astype(float)
        edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
        return pd.Series(np.searchsorted(edges, values, side="right").astype(str), index=answers.index)
    return answers


def is_flag(column: pd.Series) -> bool:
    """Whether a column says yes or no and nothing else, each at least once."""
    cells = {cell_text(cell).strip().lower() for cell in column.iloc[:: max(1, len(column) // SAMPLE)]}
    return cells <= {*TRUE, *FALSE} and bool(cells & set(TRUE)) and bool(cells & set(FALSE) - {""})


def _look_at_numbers(name: str, texts: list[str]) -> Kind:
    values = np.array([_number(text) for text in texts])
    distinct = np.unique(values)
    span = f"from {distinct[0]:g} to {distinct[-1]:g}"
    if not np.all(values == np.round(values)) and len(distinct) > 2:
        return Kind("regression", None, f"numbers with decimals {span}")
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower())
    gaps = distinct[-1] - distinct[0] + 1 > 1.5 * len(distinct)
    scored = any(each in plain for each in SCORE_NAMES)
    if len(distinct) > 10 * MANY or (len(distinct) > MANY and (gaps or scored)):
        return Kind("regression", None, f"{len(distinct)} different whole numbers {span}")
    hint = "; taken as classes, choose score if their order matters" if len(distinct) > 2 else ""
    return Kind("single_label", None, f"{len(distinct)} different whole numbers {span}{hint}")


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _numbers(column: pd.Series, name: str) -> pd.Series:
    found: list[str | None] = []
    for cell in column:
        text = cell_text(cell).strip()
        value = _number(text) if NUMBER.fullmatch(text) else float("nan")
        found.append(f"{value:.10g}" if np.isfinite(value) else None)
    filled = sum(cell_text(cell).strip() != "" for cell in column)
    if sum(each is not None for each in found) < 0.5 * filled:
        raise DatasetError(
            f"The column {name!r} does not hold numbers in most of its rows.",
            "A score must be a number: choose another column, or take it as a label.",
        )
    return pd.Series(found, dtype=object)


def _from_flags(frame: pd.DataFrame, labels: tuple[str, ...]) -> pd.Series:
    """A label for each column that says yes; a row whose cells are all empty has no answer."""
    yes, blank = [], np.ones(len(frame), dtype=bool)
    for name in labels:
        cells = np.array([cell_text(cell).strip().lower() for cell in frame[name]], dtype=object)
        other = sorted(set(cells) - {*TRUE, *FALSE})
        if other:
            raise DatasetError(
                f"The label column {name!r} holds {other[0]!r}.", "A column for one label may hold 0 and 1, or true and false."
            )  # fmt: skip
        yes.append(np.isin(cells, TRUE))
        blank &= cells == ""
    order = sorted(range(len(labels)), key=lambda place: label_order(labels[place]))
    told = [join_labels(_clean(labels[place]) for place in order if yes[place][row]) for row in range(len(frame))]
    return pd.Series([None if empty else each for each, empty in zip(told, blank, strict=True)], dtype=object)


def _set_of(cell: Any, separator: str | None) -> set[str] | None:
    """The labels in one cell; an empty list is a row without labels, an empty cell a row that nobody labelled."""
    listed = _listed(cell)
    if listed is None:
        text = cell_text(cell).strip()
        if not text:
            return None
        listed = _parts(text, separator) if separator else [text]
    return {_clean(name) for name in listed if name}


def _listed(cell: Any) -> list[str] | None:
    """The items of a cell that is a list, also one written as JSON or as Python writes it."""
    if hasattr(cell, "tolist") and not isinstance(cell, str):
        cell = cell.tolist()
    if isinstance(cell, str) and cell.strip().startswith("[") and cell.strip().endswith("]"):
        text = cell.strip()
        try:
            cell = json.loads(text)
        except json.JSONDecodeError:
            try:
                cell = ast.literal_eval(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                cell = re.findall(r"[^\s\[\]'\",]+", text)  # an array as numpy prints it
    if not isinstance(cell, list | tuple | set):
        return None
    items = [cell_text(item).strip() for item in cell if not isinstance(item, dict | list)]
    return items if len(items) == len(cell) else None


def _parts(text: str, separator: str) -> list[str]:
    return [part for each in text.split(separator) if (part := each.strip())]


def _clean(name: str) -> str:
    return name.replace(SEPARATOR, "/").strip()


def _said(separator: str) -> str:
    return {"|": "bars", ";": "semicolons", ",": "commas", "\t": "tabs"}.get(separator, repr(separator))
