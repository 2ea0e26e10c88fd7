"""What a set's description says of its rows: its id, and how many rows each part and each class has."""

import re

import pandas as pd

from core.data.columns.labels import count_labels
from core.data.splits.split import PARTS


def dataset_id(name: str, fingerprint: str) -> str:
    """The id of a set: its name in plain letters, and the beginning of the fingerprint of its rows."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "set"
    return f"{slug}-{fingerprint[:8]}"


def part_sizes(split: pd.Series) -> dict[str, int]:
    """Part -> rows, for the parts that have any."""
    return {part: int((split == part).sum()) for part in PARTS if (split == part).any()}


def part_counts(frame: pd.DataFrame, task: str, column: str) -> dict[str, dict[str, int]]:
    """Part -> class -> rows, for the parts that have any; a row with several labels counts for each of them.

    Args:
        frame: (rows,) label and split at least.
        column: the name of a score.
    """
    return {
        part: count_labels(task, frame["label"][frame["split"] == part], column) for part in part_sizes(frame["split"])
    }
