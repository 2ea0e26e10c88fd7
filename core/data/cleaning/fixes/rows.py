"""Fixes that take rows out: what a check points out, rows by hand, or all but those with some values."""

from core.data.cleaning.checks.registry import DROPS
from core.data.cleaning.fixes.fix import Fix, existing_rows, further_columns, without
from core.data.cleaning.material import Material
from core.data.sets.versions import Revision
from core.errors import DatasetError


def drop(material: Material, what: str | None = None, rows: list[int] | None = None) -> Revision:
    """Take out what a check points out, a name of ``DROPS``, or the rows with these ids."""
    if rows is not None:
        mask = material.frame["row"].isin(existing_rows(material.frame, rows)).to_numpy()
        return without(material.frame, mask, "were taken out by hand")
    if what not in DROPS:
        raise DatasetError(f"There is nothing called {what!r} to drop.", f"It can be: {', '.join(DROPS)}.")
    return without(material.frame, DROPS[what].mask(material), DROPS[what].reason)


def filter_rows(material: Material, column: str, values: list[str]) -> Revision:
    """Keep only rows with one of these values in label, split or a column of the file."""
    frame = material.frame
    name = column if column in ("label", "split") else f"extra.{column}"
    if name not in frame:
        columns = ", ".join(further_columns(frame))
        raise DatasetError(f"There is no column {column!r} to filter by.", f"Columns: {columns}.")
    wanted = list(map(str, values))
    if missing := sorted(set(wanted) - set(frame[name])):
        raise DatasetError(f"No row has {missing[0]!r} in {column}.", "Look at the rows for the values that occur.")
    named = ", ".join(map(repr, list(values)[:5])) + (", …" if len(values) > 5 else "")
    return without(frame, ~frame[name].isin(wanted).to_numpy(), f"have another {column} than {named}")


DROP = Fix("drop", drop)
FILTER = Fix("filter", filter_rows)
