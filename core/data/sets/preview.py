"""Preview of a set: its rows exactly as they would be stored, and what would be set aside."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.data.columns.roles import Roles, check_roles, with_kind
from core.data.reading.read import Table
from core.data.reading.table_reader import Batch
from core.data.sets.rows import with_split
from core.data.sets.storable import storable_rows
from core.data.sets.tally import Tally
from core.data.splits.split import FRACTIONS


@dataclass(frozen=True, slots=True)
class Preview:
    """What storing would give.

    Attributes:
        frame: as ``DataSet.frame`` describes it.
        skipped: reason -> rows of the file that would be set aside.
        warnings: sentences.
    """

    frame: pd.DataFrame
    skipped: dict[str, int]
    warnings: tuple[str, ...]


def preview(table: Table, roles: Roles, fractions: Sequence[float] = FRACTIONS, seed: int = 42) -> Preview:
    """The rows of a table that was read whole, as ``core.data.sets.add.store_source`` would store them.

    Raises:
        DatasetError: when these roles give no usable set, naming the column and the remedy.
    """
    check_roles(table.frame, roles)
    roles = with_kind(table.frame, roles)
    batch, tally = whole_batch(table), Tally()
    rows = storable_rows(batch.rows, roles)
    tally.add(batch, rows)
    small = tally.labels_and_parts(roles, tuple(fractions), seed)
    warnings = (*table.warnings, *tally.warnings(roles, small["label"]))
    return Preview(with_split(rows.table.to_pandas(), small["split"]), dict(tally.skipped), warnings)


def whole_batch(table: Table) -> Batch:
    """A table that was read whole, as the one batch of its file."""
    return Batch(table.frame, list(table.skipped), 1.0, Counter())
