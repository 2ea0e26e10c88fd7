"""All fixes. A new one is a function that takes a ``Material`` and parameters, its ``Fix``, and a line here."""

from typing import Any

from core.data.cleaning.fixes.content import DROP_COLUMNS, STRIP_LINES
from core.data.cleaning.fixes.fix import Fix
from core.data.cleaning.fixes.labels import MERGE_LABELS, RELABEL
from core.data.cleaning.fixes.resplit import RESPLIT
from core.data.cleaning.fixes.rows import DROP, FILTER
from core.data.cleaning.fixes.safe import SAFE
from core.data.cleaning.material import Material
from core.data.sets.versions import Revision
from core.errors import DatasetError

FIXES: dict[str, Fix] = {
    fix.operation: fix for fix in (DROP, RELABEL, MERGE_LABELS, FILTER, STRIP_LINES, DROP_COLUMNS, RESPLIT, SAFE)
}


def apply_fix(material: Material, operation: str, parameters: dict[str, Any]) -> Revision:
    """The rows of ``material`` after ``operation``.

    Operations and their parameters: ``drop`` (what, or rows), ``relabel`` (labels: row -> label), ``merge_labels`` (names:
    old -> new), ``filter`` (column, values to keep), ``strip_lines`` (lines), ``drop_columns`` (columns), ``resplit`` (seed,
    fractions, group, time, column, keep_test, folds with fold), ``safe``.

    Raises:
        DatasetError: when the operation does not exist, a parameter names something that is not there, or no row would be left.
    """
    if operation not in FIXES:
        raise DatasetError(f"There is no fix {operation!r}.", f"Fixes: {', '.join(FIXES)}.")
    revision = FIXES[operation].apply(material, **parameters)
    if not len(revision.frame):
        raise DatasetError("No row would be left.", "Choose a milder fix.")
    return revision
