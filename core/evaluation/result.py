"""The result of a run: its metrics beside its baselines, and a sentence that says what they mean."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from core.evaluation.baselines import Baseline
from core.evaluation.judge import better, confidence, decide, headline_test, judged
from core.evaluation.significance import PairedTest
from core.tasks import METRICS, TASKS, Task, join_labels, readable


def build_result(
    truth: np.ndarray,
    outputs: np.ndarray,
    labels: tuple[str, ...],
    baselines: list[tuple[Baseline, float]],
    task: Task = TASKS["single_label"],
    thresholds: np.ndarray | None = None,
    who: str = "this run",
) -> dict[str, Any]:
    """Metrics with intervals, the same for each baseline, and the verdict against the best baseline (None without any).

    Args:
        truth: (rows,) class numbers or scores, or (rows, labels) 0 and 1.
        outputs: (rows, classes) or (rows, labels) probabilities, or (rows,) scores.
        baselines: with the seconds each took.
        thresholds: (labels,) the probability from which each of several labels is given; (rows, labels) where rows come from
            several models.
        who: what is judged, as the verdict calls it.
    """
    beside = [
        {
            "name": each.name, "title": each.title, "sentence": each.sentence, "seconds": seconds,
            **judged(task, truth, each.outputs, labels, each.thresholds),
        }
        for each, seconds in baselines
    ]  # fmt: skip
    verdict = None
    if beside:
        sign = 1 if METRICS[task.headline].higher else -1
        strongest = max(range(len(beside)), key=lambda place: sign * beside[place]["metrics"][task.headline])
        rival = baselines[strongest][0]
        answers = decide(task, outputs, thresholds), decide(task, rival.outputs, rival.thresholds)
        test = headline_test(task, truth, *answers, len(labels))
        verdict = {
            "against": rival.name,
            "sentence": verdict_sentence(who, rival.title, test),
            "better": better(test.metric, test.difference),
            **asdict(test),
        }
    return {
        "task": task.kind,
        "rows": len(truth),
        **judged(task, truth, outputs, labels, thresholds),
        "baselines": beside,
        "thresholds": None if thresholds is None or thresholds.ndim > 1 else [float(each) for each in thresholds],
        "verdict": verdict,
    }


def verdict_sentence(a: str, b: str, test: PairedTest) -> str:
    """What a paired test says, for a reader outside the field."""
    metric = METRICS[test.metric]
    name = metric.spoken
    if test.verdict == "too_few_rows":
        return f"{test.rows} rows are too few to tell {a} and {b} apart."
    difference, (low, high) = test.difference, test.interval
    if test.verdict == "real" and difference < 0:  # told as the size of the difference
        low, high = -high, -low
    unit = " points" if metric.share else ""
    span = f"95 % interval {_signed(low, metric.share)} to {_signed(high, metric.share)}{unit}, {test.rows:,} rows"
    if test.verdict == "not_shown":
        return (
            f"No difference in {name} between {a} and {b} is shown ({_signed(difference, metric.share)}{unit}; {span})."
        )
    ahead, behind = (a, b) if better(test.metric, difference) else (b, a)
    if ahead.startswith(("this ", "the ")):  # the name of a run keeps its letters
        ahead = ahead[:1].upper() + ahead[1:]
    size = _signed(abs(difference), metric.share).lstrip("+")
    by = f"{size} points of {name}" if metric.share else f"{size} of {name}"
    return f"{ahead} is better than {behind} by {by}; chance hardly explains it ({span})."


def _signed(value: float, share: bool) -> str:
    return f"{100 * value:+.1f}" if share else ("+" if value >= 0 else "") + readable(value)


def prediction_table(
    judged: pd.DataFrame,
    truth: np.ndarray,
    outputs: np.ndarray,
    labels: tuple[str, ...],
    task: Task = TASKS["single_label"],
    thresholds: np.ndarray | None = None,
) -> pd.DataFrame:
    """One line a row: row id, text, label, prediction, and what the task adds.

    Classes and labels: ``confidence``, ``correct``, and ``p.<label>`` for each; several labels also ``missed`` and
    ``extra``, the labels that should have been given and were not, and the other way round. Scores: ``error``,
    predicted less true.
    """
    kept = [column for column in ("row", "text", "text_pair", "label") if column in judged]
    table = judged[kept].reset_index(drop=True)
    answers = decide(task, outputs, thresholds)
    if task.kind == "regression":
        exact = table["label"].astype(float)  # the truth as an array is rounded to float32
        return table.assign(label=exact, prediction=answers, error=answers - exact)
    table["prediction"] = said(task, answers, labels)
    table["confidence"] = confidence(task, outputs, thresholds)
    if task.kind == "single_label":
        table["correct"] = answers == truth
    else:
        wanted = truth.astype(bool)
        table["correct"] = (answers == wanted).all(axis=1)
        table["missed"] = said(task, wanted & ~answers, labels)
        table["extra"] = said(task, answers & ~wanted, labels)
    shares = pd.DataFrame({f"p.{label}": outputs[:, index] for index, label in enumerate(labels)})
    return pd.concat([table, shares], axis=1)


def said(task: Task, answers: np.ndarray, labels: tuple[str, ...]) -> np.ndarray:
    """(rows,) answers as the data set writes them: a class name, label names joined, or a number."""
    if task.kind == "regression":
        return answers
    if task.kind == "single_label":
        return np.asarray(labels, dtype=object)[answers]
    told = [join_labels(labels[place] for place in np.flatnonzero(row)) for row in answers]
    return np.array(told, dtype=object)
