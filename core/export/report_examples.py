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
    "right": "Answered right: one of each class in turn, of middling sureness for its class.",
    "wrong": "Answered wrong: those that the model was surest of, at most one for each mix-up.",
    "close": "Closest to the truth among rows spread over the scores.",
    "far": "Furthest from the truth.",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A judged text: what is true, what the model said, and how sure it was in words."""

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
    else:
        correct = table["correct"].astype(bool)
        right, wrong = _typical(table[correct]), _surest(table[~correct])
    return [_example(row, kind) for row in right], [_example(row, kind) for row in wrong]


def choice_sentences(kind: str) -> tuple[str, str]:
    """How the right and the wrong ones were chosen."""
    return (CHOSEN["close"], CHOSEN["far"]) if kind == "regression" else (CHOSEN["right"], CHOSEN["wrong"])


def _typical(right: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for _, group in right.groupby("label", sort=False):
        ordered = group.sort_values(["confidence", "row"])
        rows.append(ordered.iloc[len(ordered) // 2].to_dict())
    return rows[:EACH]


def _surest(wrong: pd.DataFrame) -> list[dict[str, Any]]:
    ordered = wrong.sort_values(["confidence", "row"], ascending=[False, True])
    return ordered.drop_duplicates(["label", "prediction"]).head(EACH).to_dict("records")


def _by_error(table: pd.DataFrame) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    table = table.assign(off=table["error"].abs())
    fifth = table["label"].rank(method="first", pct=True).mul(EACH).clip(upper=EACH - 1e-9).astype(int)
    close = table.sort_values("off").groupby(fifth).head(1).sort_values("label")
    far = table.sort_values("off", ascending=False).head(EACH)
    return close.to_dict("records"), far.to_dict("records")


def _example(row: Mapping[str, Any], kind: str) -> Example:
    if kind == "regression":
        true, said, sure = (
            readable(float(row["label"])),
            readable(float(row["prediction"])),
            f"off by {readable(abs(row['error']))}",
        )
    else:
        true, said = _answer(row["label"], kind), _answer(row["prediction"], kind)
        sure = f"{100 * row['confidence']:.0f} % sure"
    return Example(_cut(row["text"]), _cut(row.get("text_pair") or ""), true, said, sure)


def _answer(stored: str, kind: str) -> str:
    return ", ".join(split_labels(stored)) or "no label" if kind == "multi_label" else str(stored)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
