"""Texts that a model answered right and wrong, chosen by a rule that is told beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.runs.folder import Run
from core.tasks import readable, split_labels

EACH = 5
LONGEST = 320  # characters of a text
CHOSEN = {
    "single_label": (
        "Answered right: one of each class in turn, of middling sureness for its class.",
        "Answered wrong: those that the model was surest of, at most one for each mix-up.",
    ),
    "multi_label": (
        "Every label right: one for each combination of labels, the commonest first.",
        "Not every label right: those with the most labels missed or given too many.",
    ),
    "regression": ("Closest to the truth, each with another true score.", "Furthest from the truth."),
}


@dataclass(frozen=True, slots=True)
class Example:
    """A judged text: what is true, what the model said, and how sure or how far off it was in words."""

    text: str
    pair: str
    true: str
    said: str
    sure: str


def examples_of(run: Run, result: Mapping[str, Any]) -> tuple[list[Example], list[Example]]:
    """Right and wrong ones, at most ``EACH``; of scores the closest and the furthest.

    Raises:
        RunError: when the predictions cannot be read.
    """
    table = run.read_predictions(result["split"])
    kind = result.get("task", "single_label")
    if kind == "regression":
        right, wrong = _by_error(table)
    elif kind == "multi_label":
        right, wrong = _by_labels(table)
    else:
        correct = table["correct"].astype(bool)
        right, wrong = _typical(table[correct]), _surest(table[~correct])
    return [_example(row, kind) for row in right], [_example(row, kind) for row in wrong]


def choice_sentences(kind: str) -> tuple[str, str]:
    """How the right and the wrong ones were chosen."""
    return CHOSEN.get(kind, CHOSEN["single_label"])


def _typical(right: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for _, group in right.groupby("label", sort=False):
        ordered = group.sort_values(["confidence", "row"])
        rows.append(ordered.iloc[len(ordered) // 2].to_dict())
    return rows[:EACH]


def _surest(wrong: pd.DataFrame) -> list[dict[str, Any]]:
    ordered = wrong.sort_values(["confidence", "row"], ascending=[False, True])
    return ordered.drop_duplicates(["label", "prediction"]).head(EACH).to_dict("records")


def _by_labels(table: pd.DataFrame) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    correct = table["correct"].astype(bool)
    right = table[correct & (table["label"] != "")]
    commonest = right["label"].map(right["label"].value_counts())
    right = (
        right.assign(common=commonest).sort_values(["common", "row"], ascending=[False, True]).drop_duplicates("label")
    )
    wrong = table[~correct]
    off = [len(split_labels(row.missed)) + len(split_labels(row.extra)) for row in wrong.itertuples()]
    wrong = wrong.assign(off=off).sort_values(["off", "row"], ascending=[False, True])
    return right.head(EACH).to_dict("records"), wrong.head(EACH).to_dict("records")


def _by_error(table: pd.DataFrame) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    ordered = table.assign(off=table["error"].abs()).sort_values(["off", "row"])
    close = ordered.drop_duplicates("label").head(EACH).sort_values("label")
    return close.to_dict("records"), ordered[::-1].head(EACH).to_dict("records")


def _example(row: Mapping[str, Any], kind: str) -> Example:
    if kind == "regression":
        true, said, sure = (
            readable(float(row["label"])),
            readable(float(row["prediction"])),
            f"off by {readable(abs(row['error']))}",
        )
    else:
        true, said = _answer(row["label"], kind), _answer(row["prediction"], kind)
        sure = "" if kind == "multi_label" else f"{100 * row['confidence']:.0f} % sure"
    return Example(_cut(row["text"]), _cut(row.get("text_pair") or ""), true, said, sure)


def _answer(stored: str, kind: str) -> str:
    return ", ".join(split_labels(stored)) or "no label" if kind == "multi_label" else str(stored)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
