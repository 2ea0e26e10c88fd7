"""Rows of the file that were set aside when the set was stored."""

from core.data.cleaning.checks.check import Check
from core.data.sets.store import DataSet


def check_missing(dataset: DataSet) -> Check:
    """How many rows of the file are not in the set, and why; told by its description, without opening the rows."""
    if not dataset.skipped_rows:
        return Check("missing", "ok", "Every row of the file has a text" + (" and a label." if dataset.label else "."))
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in dataset.skipped.items())
    message = f"{dataset.skipped_rows:,} rows of the file were set aside: {reasons}."
    remedy = "Fill them in the file and add it again."
    return Check("missing", "note", message, count=dataset.skipped_rows, remedy=remedy)
