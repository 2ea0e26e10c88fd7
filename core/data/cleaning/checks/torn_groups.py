"""Rows that belong together, such as those of one author, in different parts."""

import pandas as pd

from core.data.cleaning.checks.check import Check, CheckGroup, Remedy, counted, rows_of
from core.data.cleaning.material import Material
from core.data.reading.names import GROUP_NAMES


def check_torn_groups(material: Material) -> list[Check]:
    """By the set's group column, and by each that is named like a group."""
    columns = [
        column for column in material.frame
        if column.startswith("extra.") and column.removeprefix("extra.").lower() in GROUP_NAMES
    ]  # fmt: skip
    if material.group:
        columns.insert(0, material.group)
    return [_torn(material.frame, column, column == material.group) for column in dict.fromkeys(columns)]


def _torn(frame: pd.DataFrame, column: str, chosen: bool) -> Check:
    """Groups of a column that stand in several parts; ``chosen`` says whether it is the set's own group column."""
    parts = frame["split"].groupby(frame[column]).nunique()
    torn = {
        group for group in parts[parts > 1].index if str(group).strip()
    }  # rows without a group belong with no other
    group = column.removeprefix("extra.")
    name = f"groups of {group}"
    if not torn:
        return Check(name, "ok", f"No group of {group} is in more than one part.")
    have = counted(len(torn), f"group of {group} has", f"groups of {group} have")
    message = f"{have} rows in more than one part, so what is judged may be known from a sibling."
    mask = frame[column].isin(torn)
    tested = bool(frame.loc[mask, "split"].eq("test").any())
    fix = Remedy("Draw the split by group", "resplit", {"group": group, "keep_test": not tested})
    remedy = f"Draw the split anew with whole groups of {group}. " + (
        "Another test part: old and new scores cannot be compared." if tested else "The test part stays as it is."
    )
    return Check(
        name, "warning" if chosen else "note", message, rows_of(frame, mask), len(torn), remedy, fix, weight=80
    )


TORN_GROUPS = CheckGroup("torn_groups", "Looking at groups", check_torn_groups, share=1, version=2)
