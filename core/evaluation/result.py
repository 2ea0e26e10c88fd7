"""The result of a run: its metrics beside its baselines, and a sentence that says what they mean."""

from dataclasses import asdict
from typing import Any

import numpy as np

from core.evaluation.answers import decide
from core.evaluation.baselines import Baseline
from core.evaluation.by_names import NAME as BY_NAMES
from core.evaluation.headline import headline_for
from core.evaluation.notes import LARGE_ERRORS, has_large_errors, never_said, notes_of
from core.evaluation.scores import evaluate
from core.evaluation.significance import FEWEST_FOLDS, PairedTest, headline_test, over_folds
from core.metrics.table import METRICS
from core.tasks import TASKS, Task, readable

MODELS = "This is about these two models, not about training them again."
ON_THESE_ROWS = "This is about these models on these rows: so few folds do not show how models of one training differ."
TRAININGS = "Tested over the rows and over the folds, whose models share training rows."


def build_result(
    truth: np.ndarray,
    outputs: np.ndarray,
    labels: tuple[str, ...],
    baselines: list[tuple[Baseline, float]],
    task: Task = TASKS["single_label"],
    thresholds: np.ndarray | None = None,
    who: str = "this run",
    *,
    headline: str | None = None,
    caveat: str | None = None,
    folds: np.ndarray | None = None,
) -> dict[str, Any]:
    """Metrics with intervals, the same for each baseline, and the verdict against the best baseline (None without any).

    Each baseline has the ``paired`` test of the outputs against it, on the headline. The verdict is about what can be had without
    transfer: names of classes, which the pretrained model reads, are no rival in it; a note says where labels added nothing.

    Args:
        truth: (rows,) class numbers or scores, or (rows, labels) 0 and 1.
        outputs: (rows, classes) or (rows, labels) probabilities, or (rows,) scores.
        baselines: with the seconds each took.
        thresholds: (labels,) the probability from which each of several labels is given; (rows, labels) where rows come from
            several models.
        who: whose outputs these are, as the verdict calls it.
        headline: the metric that it is judged by; as ``headline_for`` says of these rows where it is left out.
        caveat: what makes the figures kinder than new rows would be, in a sentence.
        folds: (rows,) the fold whose model judged the row, where a training made several.
    """
    headline = headline or headline_for(task, _class_rows(task, truth, len(labels)))
    own = evaluate(task, truth, outputs, labels, thresholds)
    answers = decide(task, outputs, thresholds)

    tests = {}
    for baseline, _ in baselines:
        sides = truth, answers, decide(task, baseline.outputs, baseline.thresholds)
        test = headline_test(task, *sides, len(labels), headline)
        tests[baseline.name] = test if folds is None else over_folds(test, task, *sides, len(labels), folds)
    beside = [
        {
            "name": baseline.name, "title": baseline.title, "sentence": baseline.sentence, "seconds": seconds,
            **evaluate(task, truth, baseline.outputs, labels, baseline.thresholds),
            "paired": _storable(tests[baseline.name]),
        }
        for baseline, seconds in baselines
    ]  # fmt: skip
    never = never_said(task, own["metrics"], _class_rows(task, answers, len(labels)), who)
    verdict = None
    if rivals := [line for line in beside if line["name"] != BY_NAMES]:
        strongest = _strongest(rivals, headline)
        verdict = _verdict(strongest, tests[strongest["name"]], who, folds)
        verdict["sentence"] = " ".join(filter(None, (verdict["sentence"], never, caveat)))
    notes = notes_of(task, own["metrics"], own["intervals"]) + _labels_added(tests, who)
    if task.kind == "regression" and has_large_errors(outputs - truth):
        notes.append(LARGE_ERRORS)
    return {
        "task": task.kind,
        "rows": len(truth),
        "headline": headline,
        **own,
        "baselines": beside,
        "thresholds": None if thresholds is None or thresholds.ndim > 1 else thresholds.astype(float).tolist(),
        "verdict": verdict,
        "notes": notes if verdict or not never else [never, *notes],
        "caveat": caveat,
    }


def _verdict(rival: dict[str, Any], test: PairedTest, who: str, folds: np.ndarray | None) -> dict[str, Any]:
    """The test against a baseline, and its sentence."""
    about = MODELS
    if folds is not None:
        about = TRAININGS if len(np.unique(folds)) >= FEWEST_FOLDS else ON_THESE_ROWS
    return {
        "against": rival["name"],
        "sentence": verdict_sentence(who, rival["title"], test, about),
        "better": METRICS[test.metric].better(test.difference),
        **asdict(test),
    }


def _labels_added(tests: dict[str, PairedTest], who: str) -> list[str]:
    """A note where the names of the classes alone do as well as what was learnt from labels, as far as these rows show."""
    test = tests.get(BY_NAMES)
    if test is None or (test.verdict == "real" and METRICS[test.metric].better(test.difference)):
        return []
    return [
        f"{who[:1].upper()}{who[1:]} is not shown to be better than the names of the classes alone, which need no label."
    ]


def _storable(test: PairedTest) -> dict[str, Any]:
    """A test as JSON holds it: what is not defined is null."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in asdict(test).items()
    }


def _class_rows(task: Task, answers: np.ndarray, classes: int) -> list[int]:
    """Rows that have each class or label."""
    if task.kind == "regression":
        return []
    if task.kind == "multi_label":
        return [int(rows) for rows in answers.astype(bool).sum(axis=0)]
    return [int(rows) for rows in np.bincount(answers, minlength=classes)]


def _strongest(beside: list[dict[str, Any]], headline: str) -> dict[str, Any]:
    sign = 1 if METRICS[headline].higher else -1

    def reached(line: dict[str, Any]) -> float:
        value = line["metrics"][headline]
        return -np.inf if value is None else sign * value

    return max(beside, key=reached)


def verdict_sentence(a: str, b: str, test: PairedTest, about: str = MODELS) -> str:
    """What a paired test says, for a reader outside the field.

    Args:
        about: what the test is about, in a sentence of its own.
    """
    metric = METRICS[test.metric]
    name = metric.spoken
    if test.verdict == "too_few_rows":
        return f"{test.rows} rows are too few to tell {a} and {b} apart."
    unit = " points" if metric.share else ""
    if test.interval is None:
        span = f"the same on every row, {test.rows:,} rows"
    else:
        low, high = test.interval
        if test.verdict == "real" and test.difference < 0:  # told as the size of the difference
            low, high = -high, -low
        span = f"95 % interval {_signed(low, metric.share)} to {_signed(high, metric.share)}{unit}, {test.rows:,} rows"
    if test.verdict == "not_shown":
        size = _signed(test.difference, metric.share)
        return f"No difference in {name} between {a} and {b} is shown ({size}{unit}; {span}). {about}"
    ahead, behind = (a, b) if metric.better(test.difference) else (b, a)
    if ahead.startswith(("this ", "the ")):  # the name of a run keeps its letters
        ahead = ahead[:1].upper() + ahead[1:]
    size = _signed(abs(test.difference), metric.share).lstrip("+")
    by = f"{size} points of {name}" if metric.share else f"{size} of {name}"
    return f"{ahead} is better than {behind} by {by}; chance hardly explains it ({span}). {about}"


def _signed(value: float, share: bool) -> str:
    return f"{100 * value:+.1f}" if share else ("+" if value >= 0 else "") + readable(value)
