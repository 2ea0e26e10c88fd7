"""The result of a run: its metrics beside its baselines, and a sentence that says what they mean."""

from dataclasses import asdict
from typing import Any

import numpy as np

from core.evaluation.answers import decide
from core.evaluation.baselines import Baseline
from core.evaluation.scores import evaluate
from core.evaluation.significance import PairedTest, headline_test
from core.metrics.table import METRICS
from core.tasks import TASKS, Task, readable


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
        who: whose outputs these are, as the verdict calls it.
    """
    beside = [
        {
            "name": baseline.name, "title": baseline.title, "sentence": baseline.sentence, "seconds": seconds,
            **evaluate(task, truth, baseline.outputs, labels, baseline.thresholds),
        }
        for baseline, seconds in baselines
    ]  # fmt: skip
    verdict = None
    if beside:
        sign = 1 if METRICS[task.headline].higher else -1
        strongest = max(range(len(beside)), key=lambda index: sign * beside[index]["metrics"][task.headline])
        rival = baselines[strongest][0]
        answers = decide(task, outputs, thresholds), decide(task, rival.outputs, rival.thresholds)
        test = headline_test(task, truth, *answers, len(labels))
        verdict = {
            "against": rival.name,
            "sentence": verdict_sentence(who, rival.title, test),
            "better": METRICS[test.metric].better(test.difference),
            **asdict(test),
        }
    return {
        "task": task.kind,
        "rows": len(truth),
        **evaluate(task, truth, outputs, labels, thresholds),
        "baselines": beside,
        "thresholds": None if thresholds is None or thresholds.ndim > 1 else thresholds.astype(float).tolist(),
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
    ahead, behind = (a, b) if metric.better(difference) else (b, a)
    if ahead.startswith(("this ", "the ")):  # the name of a run keeps its letters
        ahead = ahead[:1].upper() + ahead[1:]
    size = _signed(abs(difference), metric.share).lstrip("+")
    by = f"{size} points of {name}" if metric.share else f"{size} of {name}"
    return f"{ahead} is better than {behind} by {by}; chance hardly explains it ({span})."


def _signed(value: float, share: bool) -> str:
    return f"{100 * value:+.1f}" if share else ("+" if value >= 0 else "") + readable(value)
