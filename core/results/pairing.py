"""The rows that two runs on different versions of one data set were both judged by."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.data.sets.store import DataSet, get_dataset
from core.data.sets.versions import origin_of, version_number
from core.errors import DatasetError
from core.runs.folder import Run

FEWEST_SHARED = 10  # rows that two runs need in common to be laid side by side at all


@dataclass(frozen=True, slots=True)
class SharedRows:
    """Predictions of two runs on the same rows: row, label, prediction; line by line the same row and the same label.

    Attributes:
        note: a sentence that says which rows these are, and where the versions differ.
    """

    first: pd.DataFrame
    second: pd.DataFrame
    note: str


def shared_rows(a: Run, b: Run, result_a: dict[str, Any], result_b: dict[str, Any]) -> SharedRows | None:
    """Rows with the same id and the same text in both runs' judged parts; None where the runs have none to compare.

    Only for runs on different versions of one origin and judged by the same part. A row that was relabelled in between
    counts by the label of the later version, for both runs.
    """
    if result_a["split"] != result_b["split"]:
        return None
    versions = _versions(a, b)
    if versions is None:
        return None
    of_a, of_b = (
        run.read_predictions(result["split"], ["row", "text", "label", "prediction"])
        for run, result in ((a, result_a), (b, result_b))
    )
    both = of_a.merge(of_b, on=["row", "text"], suffixes=("_a", "_b")).sort_values("row", ignore_index=True)
    if len(both) < FEWEST_SHARED:
        return None
    later_is_b = versions[1].created > versions[0].created
    truth = both["label_b"] if later_is_b else both["label_a"]
    relabelled = int((both["label_a"] != both["label_b"]).sum())
    first, second = (
        pd.DataFrame({"row": both["row"], "label": truth, "prediction": both[f"prediction_{side}"]}) for side in "ab"
    )
    later = versions[1] if later_is_b else versions[0]
    return SharedRows(first, second, _note(len(of_a), len(of_b), len(both), relabelled, later))


def _versions(a: Run, b: Run) -> tuple[DataSet, DataSet] | None:
    try:
        of_a, of_b = get_dataset(a.config.dataset), get_dataset(b.config.dataset)
    except DatasetError:
        return None  # deleted since: nothing says any more that they belong together
    return (of_a, of_b) if of_a.id != of_b.id and origin_of(of_a) == origin_of(of_b) else None


def _note(rows_a: int, rows_b: int, both: int, relabelled: int, later: DataSet) -> str:
    left = rows_a + rows_b - 2 * both
    note = f"These runs used different versions of one data set; they are compared on the {both:,} rows that both were judged by"
    note += f" ({left:,} rows that only one saw are left out)." if left else "."
    if relabelled:
        note += (
            f" {relabelled:,} of them were relabelled in between and count by the label of version {version_number(later)}, for "
            "both runs. Labels corrected with a run's own predictions in view favour that run a little."
        )
    return note
