"""The rows of one part that a run works with."""

import pandas as pd

from core.data.columns.labels import strata
from core.data.splits.draw import draw


def draw_part(part: pd.DataFrame, kind: str, size: int | None, seed: int) -> pd.DataFrame:
    """``size`` rows of a part, spread over its answers as the part is; all of them where it has no more.

    Args:
        part: rows of a stored set with ``row`` and ``label``.
        kind: of the task, as in ``core.tasks``.
        size: None takes all.
    """
    if size is None or size >= len(part):
        return part
    return part.iloc[draw(strata(kind, part["label"]), size, seed, part["row"])]
