"""What a fix is, and what several fixes share: rows taken out, columns and rows that must be there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.cleaning.checks.check import counted
from core.data.sets.versions import Revision
from core.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Fix:
    """One line of the registry.

    Attributes:
        operation: its name, as versions and remedies tell it.
        apply: takes a ``Material`` and the parameters by their names.
    """

    operation: str
    apply: Callable[..., Revision]


def without(frame: pd.DataFrame, mask: np.ndarray, reason: str) -> Revision:
    """The rows that ``mask``, (rows,) bool, does not mark; ``reason`` ends the sentence "Dropped 3 rows that …"."""
    gone = frame[mask]
    return Revision(frame[~mask], f"Dropped {counted(len(gone), 'row', 'rows')} that {reason}.", dropped(gone))


def dropped(gone: pd.DataFrame) -> pd.DataFrame:
    """Rows that went, as ``Revision.changed`` lists them."""
    return pd.DataFrame({"row": gone["row"], "what": "dropped", "before": gone["text"], "after": ""})


def changed(frame: pd.DataFrame, column: str, after: pd.Series | np.ndarray) -> pd.DataFrame:
    """Rows whose ``column`` is another now, as ``Revision.changed`` lists them.

    Args:
        after: (rows,) its new values.
    """
    after = np.asarray(after, dtype=object)
    moved = after != frame[column].to_numpy(dtype=object)
    return pd.DataFrame(
        {"row": frame["row"][moved], "what": column, "before": frame[column][moved], "after": after[moved]}
    )


def existing_rows(frame: pd.DataFrame, rows: Iterable[int]) -> list[int]:
    """The same row ids.

    Raises:
        DatasetError: when the set has no such row.
    """
    wanted = list(map(int, rows))
    if missing := sorted(set(wanted) - set(frame["row"])):
        raise DatasetError(f"The set has no row {missing[0]}.", "Rows are named by their number in the column `row`.")
    return wanted


def further_column(frame: pd.DataFrame, column: str) -> str:
    """What a column of the file is called in the frame.

    Raises:
        DatasetError: when the set has no such column.
    """
    if f"extra.{column}" not in frame:
        raise DatasetError(
            f"The set has no column {column!r}.", f"Columns: {', '.join(further_columns(frame)) or 'none besides'}."
        )
    return f"extra.{column}"


def further_columns(frame: pd.DataFrame) -> list[str]:
    """The columns of the file that are kept beside text, label and split."""
    return [name.removeprefix("extra.") for name in frame if name.startswith("extra.")]
