"""Answers as they are stored: one text a row, from a column of labels or scores, or from a column for each label."""

from typing import Any

import numpy as np
import pandas as pd

from core.data.columns.label_cells import (
    FALSE,
    TRUE,
    UNKNOWN,
    at_places,
    cell_labels,
    listed_items,
    plain_label,
    storable_label,
)
from core.data.columns.labels import label_names, label_order
from core.data.columns.numbers import is_number, number_of, without_unit
from core.data.columns.own_export import NO_LABELS
from core.data.columns.roles import Roles
from core.data.reading.cells import cell_text
from core.errors import DatasetError
from core.tasks import join_labels


def answers_of(frame: pd.DataFrame, roles: Roles) -> pd.Series | None:
    """(rows,) the stored answer of each row by these roles; None where nothing is to be learnt."""
    if not roles.answered:
        return None
    if roles.row and roles.task == "multi_label" and roles.label:  # an export leaves the cell empty where there is none
        cells = [cell_text(cell).strip() for cell in frame[roles.label]]
        frame = pd.DataFrame({roles.label: pd.Series([cell or NO_LABELS for cell in cells], dtype=object)})
    answers = stored_answers(
        frame, str(roles.task), roles.label, roles.labels, roles.separator, decimal=roles.decimal, places=roles.places
    )
    return answers.where(~answers.isin(list(roles.missing)), None) if roles.missing else answers


def stored_answers(
    frame: pd.DataFrame, task: str, label: str | None, labels: tuple[str, ...] = (), separator: str | None = None,
    *, decimal: str | None = None, places: tuple[str, ...] = (),
) -> pd.Series:  # fmt: skip
    """(rows,) the answer of each row as it is stored; None where there is none.

    Args:
        label: the column with the answers, or None with ``labels``: a column of 0 and 1 for each label.
        separator: between the labels in one cell, where they are joined.
        decimal: the mark before the decimals of a score; None takes the last mark of each cell for it.
        places: names of the places of lists of 0 and 1.

    Raises:
        DatasetError: when the columns do not hold what the task needs.
    """
    if labels:
        return _from_flags(frame, labels)
    if task == "regression":
        return _from_numbers(frame[label], str(label), decimal)
    if task == "multi_label":
        return _from_sets(frame[label], separator, places)
    return pd.Series([_one_label(cell, str(label), places) for cell in frame[label]], dtype=object)


def _one_label(cell: Any, column: str, places: tuple[str, ...]) -> str | None:
    """The one label of a cell, also out of a list that holds no more."""
    if places:
        items: Any = at_places(cell, places)
    else:
        items = listed_items(cell)
    if items is None:
        return plain_label(cell_text(cell)) or None
    if len(items) > 1:
        raise DatasetError(
            f"The label column {column!r} holds several labels in one cell, such as {', '.join(sorted(items))}.",
            "Learn several labels a row instead (--task multi_label), or choose another column.",
        )
    return next((plain_label(item) for item in items), None) or None


def _from_sets(column: pd.Series, separator: str | None, places: tuple[str, ...]) -> pd.Series:
    sets = [at_places(cell, places) if places else cell_labels(cell, separator) for cell in column]
    rank = {name: number for number, name in enumerate(label_names(sets))}
    answers = [None if names is None else join_labels(sorted(names, key=rank.__getitem__)) for names in sets]
    return pd.Series(answers, dtype=object)


def _from_numbers(column: pd.Series, name: str, decimal: str | None) -> pd.Series:
    answers: list[str | None] = []
    filled = 0
    for cell in column:
        text = cell_text(cell).strip()
        filled += text != ""
        bare = text if is_number(text) else without_unit(text)
        value = number_of(bare, decimal) if is_number(bare) else float("nan")
        answers.append(f"{value:.10g}" if np.isfinite(value) else None)
    if sum(answer is not None for answer in answers) < 0.5 * filled:
        raise DatasetError(
            f"The column {name!r} does not hold numbers in most of its rows.",
            "A score must be a number: choose another column, or take it as a label.",
        )
    return pd.Series(answers, dtype=object)


def _from_flags(frame: pd.DataFrame, labels: tuple[str, ...]) -> pd.Series:
    """A label for each column that says yes; a row whose cells are all empty has no answer."""
    yes, blank = [], np.ones(len(frame), dtype=bool)
    columns = {
        name: np.array([cell_text(cell).strip().lower() for cell in frame[name]], dtype=object) for name in labels
    }
    # -1 beside 0 and 1 says that nobody knows, beside 1 alone it says no
    no_words = [word for word in FALSE if word]
    says_no = any(np.isin(cells, no_words).any() for cells in columns.values())
    is_ticked = not says_no and not any(np.isin(cells, UNKNOWN).any() for cells in columns.values())
    for name, cells in columns.items():
        other = sorted(set(cells) - {*TRUE, *FALSE, *UNKNOWN})
        if other:
            raise DatasetError(
                f"The label column {name!r} holds {other[0]!r}.",
                "A column for one label may hold 0 and 1, true and false, yes and no in words, or marks such as x and blanks.",
            )  # fmt: skip
        yes.append(np.isin(cells, TRUE))
        blank &= (cells == "") | (np.isin(cells, UNKNOWN) & says_no)
    if is_ticked:  # only what applies is ticked: a row without a tick has none of the labels
        blank[:] = False
    order = sorted(range(len(labels)), key=lambda column: label_order(labels[column]))
    answers = [
        None if blank[row] else join_labels(storable_label(labels[column]) for column in order if yes[column][row])
        for row in range(len(frame))
    ]
    return pd.Series(answers, dtype=object)
