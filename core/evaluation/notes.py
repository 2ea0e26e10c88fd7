"""What a reader must know beside the figures: classes that these rows cannot judge, and figures without an interval."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.metrics.table import METRICS
from core.tasks import Task, task_of

NAMED = 3  # more classes than these are counted

CHOSEN_ON = {
    "single_label": "the best checkpoint was",
    "multi_label": "the best checkpoint and the labels' thresholds were",
    "regression": "the best checkpoint was",
}


def caveat_of(split: str, task: Task) -> str | None:
    """What makes a figure kinder than it would be on new rows; None where test rows judged it."""
    if split == "test":
        return None
    return f"There are no test rows: {CHOSEN_ON[task.kind]} chosen on these very {split} rows, so the figures are a little kind."


def caveat_in(result: dict[str, Any]) -> str | None:
    """The caveat of a result, also of one that an earlier version wrote."""
    return result.get("caveat") or caveat_of(result["split"], task_of(result.get("task", "single_label")))


def verdict_in(result: dict[str, Any]) -> str:
    """The sentence of a result's verdict, with its caveat."""
    sentence, caveat = result["verdict"]["sentence"], caveat_in(result)
    return sentence if not caveat or caveat in sentence else f"{sentence} {caveat}"


LARGE_ERRORS = (
    "A few large errors make up most of RMSE: with other rows, which may hold more or fewer of them, it would move much. MAE is steadier "
    "here."
)
HEAVY = 9.0  # kurtosis of errors from which their tails are called heavy; 3 for a normal distribution, 6 for Laplace's
APART = 0.1  # micro-F1 less macro-F1 from which the frequent labels are said to decide it


def has_large_errors(errors: np.ndarray) -> bool:
    """Whether a few rows carry the squared error.

    Args:
        errors: (rows,) predicted less true score.
    """
    squares = np.asarray(errors, dtype=np.float64) ** 2
    mean = float(squares.mean()) if len(squares) else 0.0
    return mean > 0 and float((squares**2).mean()) > HEAVY * mean**2


def notes_of(task: Task, metrics: dict[str, Any], intervals: dict[str, Any]) -> list[str]:
    """Sentences about what these rows cannot tell.

    Args:
        metrics, intervals: as ``core.evaluation.scores.evaluate`` gives them.
    """
    notes = []
    classes = metrics.get("per_class", [])
    noun = "label" if task.kind == "multi_label" else "class"
    if unjudged := [figures["label"] for figures in classes if not figures["support"]]:
        is_out = "it is" if len(unjudged) == 1 else "they are"
        notes.append(f"No judged row has the {_listed(noun, unjudged)}: {is_out} left out of macro-F1 and shown as –.")
    micro, macro = metrics.get("micro_f1"), metrics.get("macro_f1")
    if task.kind == "multi_label" and micro is not None and macro is not None and micro - macro > APART:
        notes.append(
            f"The frequent labels decide micro-F1: as a mean over the labels, each alike, F1 is {100 * macro:.1f} % (macro-F1)."
        )
    for name, ends in intervals.items():
        if ends is None:
            notes.append(f"{METRICS[name].title} has no interval here: {_why(name, noun, classes)}.")
    return notes


def never_said(task: Task, metrics: dict[str, Any], answered: Sequence[int], who: str) -> str:
    """A sentence that names the classes which rows truly have and no row was given; empty where there are none.

    Args:
        answered: how many rows were given each class or label.
    """
    missed = [
        figures for figures, count in zip(metrics.get("per_class", []), answered, strict=False)
        if figures["support"] and not count
    ]  # fmt: skip
    if not missed:
        return ""
    verb = "gives the" if task.kind == "multi_label" else "answers with the"
    rows = sum(figures["support"] for figures in missed)
    names = _listed("label" if task.kind == "multi_label" else "class", [figures["label"] for figures in missed])
    have = "which 1 row truly has" if rows == 1 else f"which {rows:,} rows truly have"
    return f"{who[:1].upper()}{who[1:]} never {verb} {names}, {have}."


def _why(name: str, noun: str, classes: list[dict[str, Any]]) -> str:
    if not classes:
        return "every row is off by the same, so nothing shows how much other rows would differ"
    few = [figures["label"] for figures in classes if figures["support"] == 1]
    if name == "macro_f1" and few:
        verb = "has" if len(few) == 1 else "have"
        return f"the {_listed(noun, few)} {verb} a single row, too few to say how the rarest fare"
    return "there are too few true labels among these rows"


def _listed(noun: str, names: Sequence[str]) -> str:
    """class 'a'; classes 'a', 'b' and 3 more."""
    plural = noun if len(names) == 1 else "classes" if noun == "class" else "labels"
    shown = [f"'{name}'" for name in names[:NAMED]]
    if len(names) > NAMED:
        return f"{plural} {', '.join(shown)} and {len(names) - NAMED:,} more"
    return f"{plural} {' and '.join([', '.join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)}"
