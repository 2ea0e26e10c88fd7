"""The table in which classes get other names: each with its rows, what it might become, and why."""

from collections.abc import Mapping

import pandas as pd

from core.data.cleaning.checks.labels import FEW
from core.data.cleaning.spellings import is_missing, misspellings, safe_names


def merge_plan(counts: Mapping[str, int]) -> pd.DataFrame:
    """A line for each class: label, rows, becomes (its own name where nothing speaks for another), why.

    Probable spellings of another class come first, then labels that say nothing and rare ones, then the others.

    Args:
        counts: label -> rows.
    """
    safe, slips = safe_names(counts), {pair.label: pair for pair in misspellings(counts)}
    lines = []
    for label, rows in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        if label in safe:
            place, becomes, why = 0, safe[label], "the same but for case, blanks or marks"
        elif label in slips:
            letters = "one letter" if slips[label].edits == 1 else f"{slips[label].edits} letters"
            becomes = slips[label].becomes
            place, becomes, why = 1, safe.get(becomes, becomes), f"{letters} from {becomes}"
        elif is_missing(label):
            place, becomes, why = 2, label, "probably says that there is no label"
        elif rows < FEW:
            place, becomes, why = 3, label, f"fewer than {FEW} rows"
        else:
            place, becomes, why = 4, label, ""
        lines.append((place, label, rows, becomes, why))
    lines.sort(key=lambda line: line[0])
    return pd.DataFrame([line[1:] for line in lines], columns=["label", "rows", "becomes", "why"])


def planned_names(plan: pd.DataFrame) -> dict[str, str]:
    """Old -> new for the lines whose name is another now; an emptied one keeps its name."""
    names = {str(line.label): str(line.becomes or "").strip() for line in plan.itertuples()}
    return {old: new for old, new in names.items() if new not in ("", old)}
