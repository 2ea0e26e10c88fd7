"""Profile of a column: what stands in its cells, in numbers."""

from dataclasses import dataclass

import pandas as pd

from core.data.columns.dates import are_dates
from core.data.columns.label_cells import listed_items
from core.data.columns.numbers import are_measured, is_number
from core.data.reading.cells import cell_text

SAMPLE = 5000
SHOWN_VALUES = 200


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What the roles are guessed by.

    Attributes:
        position: among the columns, from 0.
        filled: share of the cells that hold something, 0 to 1.
        length: typical length of a filled cell, in characters.
        spaces: share of the filled cells that hold a blank, 0 to 1.
        distinct, rows: different values, and filled cells, among those that were looked at.
        nested: whether a cell is a list or a mapping.
        numeric: whether the first filled cells are numbers.
        dated: whether nearly all of the first different values are dates or times.
        listed: whether the first filled cells are lists or mappings written as text.
        values: the first 200 different values.
    """

    name: str
    position: int
    filled: float
    length: float
    spaces: float
    distinct: int
    rows: int
    nested: bool
    numeric: bool
    dated: bool
    listed: bool
    values: frozenset[str]


def profile_column(frame: pd.DataFrame, name: str, position: int) -> ColumnProfile:
    """Look at the cells of one column; of a long file at an even sample of ``SAMPLE`` to twice as many."""
    stride = max(1, len(frame) // SAMPLE)
    raw = frame[name].iloc[::stride]
    nested = any(isinstance(value, dict | list) or getattr(value, "ndim", 0) > 0 for value in raw)
    cells = [cell_text(value).strip() for value in raw]
    full = [cell for cell in cells if cell]
    lengths = sorted(len(cell) for cell in full) or [0]
    # a median would miss columns with a few short texts, a mean those with one giant
    return ColumnProfile(
        name, position, len(full) / max(1, len(cells)), lengths[len(lengths) // 2],
        sum(" " in cell for cell in full) / max(1, len(full)), len(set(full)), len(full), nested,
        all(map(is_number, full[:500])) or are_measured(full[:500]), are_dates(set(full[:SHOWN_VALUES])), _are_listed(full[:SHOWN_VALUES]),
        frozenset(list(dict.fromkeys(full))[:SHOWN_VALUES]),
    )  # fmt: skip


def _are_listed(cells: list[str]) -> bool:
    """Whether most cells are lists or mappings written as text."""
    return sum(cell[:1] in "[{" and listed_items(cell) is not None for cell in cells) > 0.5 * len(cells)


def profile_columns(frame: pd.DataFrame) -> list[ColumnProfile]:
    """The profile of every column, in their order."""
    return [profile_column(frame, name, position) for position, name in enumerate(frame.columns)]
