"""Files that ``core.data.sets.export`` wrote: recognised by their first columns, so that the same set comes back."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from core.data.columns.kinds import joined_by
from core.data.columns.roles import Roles
from core.data.reading.cells import cell_text
from core.tasks import SEPARATOR

NO_LABELS = "[]"  # how an export writes a row of several labels that has none
_FIRST = ("row", "text", "text_pair", "label", "split")
_NEEDED = {"row", "text", "split"}


def bears_export_names(columns: Sequence[str]) -> bool:
    """Whether the first columns are those of an export, in their order."""
    own = [name for name in columns[: len(_FIRST)] if name in _FIRST]
    return own == [name for name in _FIRST if name in own] == list(columns[: len(own)]) and set(own) >= _NEEDED


def export_roles(frame: pd.DataFrame) -> dict[str, str]:
    """The roles of the columns of an export; none where the file is another, or its row numbers were changed."""
    columns = [str(column) for column in frame.columns]
    if not bears_export_names(columns):
        return {}
    numbers = [cell_text(cell).strip() for cell in frame["row"]]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return {}
    rows = list(map(int, numbers))
    if any(after <= before for before, after in pairwise(rows)):
        return {}
    return {name: name for name in columns[: len(_FIRST)] if name in _FIRST}


def with_export_kind(frame: pd.DataFrame, roles: Roles) -> Roles:
    """The roles of an export with the task, where its labels say that a row may have several; else as they are."""
    if not roles.row or not roles.label or roles.task not in (None, "multi_label"):
        return roles
    cells = [cell_text(cell).strip() for cell in frame[roles.label]]
    joined = any(SEPARATOR in cell for cell in cells) and (
        "" in cells or joined_by(list(filter(None, cells))) == SEPARATOR
    )
    if roles.task == "multi_label" or NO_LABELS in cells or joined:
        reason = "several labels joined by bars, as an export of a set writes them"
        return roles.changed(task="multi_label", separator=SEPARATOR, reasons={"label": reason} | roles.reasons)
    return roles


def row_ids(cells: Sequence[Any]) -> list[int]:
    """The row numbers of an export.

    Raises:
        ValueError: where a cell is no whole number.
    """
    return [int(cell_text(cell)) for cell in cells]
