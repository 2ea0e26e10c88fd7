"""The result of a run: its metrics beside its baselines, and a sentence that says what they mean."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from core.evaluation.baselines import Baseline
from core.evaluation.metrics import classification_metrics, intervals, log_loss
from core.evaluation.significance import PairedTest, paired_accuracy


def build_result(
    truth: np.ndarray, probabilities: np.ndarray, labels: tuple[str, ...], baselines: list[tuple[Baseline, float]]
) -> dict[str, Any]:
    """Metrics with intervals, the same for each baseline, and the verdict against the best baseline.

    Args:
        truth: (rows,) class numbers.
        probabilities: (rows, classes), each row summing to 1.
        baselines: with the seconds each took.
    """
    predicted = probabilities.argmax(axis=1)
    beside = [
        {
            "name": each.name, "title": each.title, "sentence": each.sentence, "seconds": seconds,
            **_judged(truth, each.probabilities, labels),
        }
        for each, seconds in baselines
    ]  # fmt: skip
    strongest, _ = max(baselines, key=lambda pair: np.mean(pair[0].probabilities.argmax(axis=1) == truth))
    test = paired_accuracy(truth, predicted, strongest.probabilities.argmax(axis=1))
    return {
        "rows": len(truth),
        **_judged(truth, probabilities, labels),
        "baselines": beside,
        "verdict": {
            "against": strongest.name,
            "sentence": verdict_sentence("this run", strongest.title, test),
            **{key: value for key, value in asdict(test).items() if key != "metric"},
        },
    }


def verdict_sentence(a: str, b: str, test: PairedTest) -> str:
    """What a paired test says, for a reader outside the field."""
    points, low, high = (round(100 * value, 1) for value in (test.difference, *test.interval))
    name = {"accuracy": "accuracy", "macro_f1": "macro-F1"}[test.metric]
    if test.verdict == "too_few_rows":
        return f"{test.rows} rows are too few to tell {a} and {b} apart."
    if test.verdict == "real" and points < 0:  # told from the side of the better one
        low, high = -high, -low
    span = f"95 % interval {low:+.1f} to {high:+.1f} points, {test.rows:,} rows"
    if test.verdict == "not_shown":
        return f"No difference in {name} between {a} and {b} is shown ({points:+.1f} points; {span})."
    better, worse = (a, b) if points > 0 else (b, a)
    if better.startswith(("this ", "the ")):  # the name of a run keeps its letters
        better = better[:1].upper() + better[1:]
    return f"{better} is better than {worse} by {abs(points):.1f} points of {name}; chance hardly explains it ({span})."


def prediction_table(
    judged: pd.DataFrame, truth: np.ndarray, probabilities: np.ndarray, labels: tuple[str, ...]
) -> pd.DataFrame:
    """One line a row: row id, text, label, prediction, confidence, correct, and ``p.<label>`` for each class."""
    predicted = probabilities.argmax(axis=1)
    names = np.asarray(labels, dtype=object)
    kept = [column for column in ("row", "text", "text_pair", "label") if column in judged]
    table = judged[kept].reset_index(drop=True)
    table["prediction"] = names[predicted]
    table["confidence"] = probabilities.max(axis=1)
    table["correct"] = predicted == truth
    for index, label in enumerate(labels):
        table[f"p.{label}"] = probabilities[:, index]
    return table


def _judged(truth: np.ndarray, probabilities: np.ndarray, labels: tuple[str, ...]) -> dict[str, Any]:
    predicted = probabilities.argmax(axis=1)
    metrics = classification_metrics(truth, predicted, labels) | {"loss": log_loss(truth, probabilities)}
    return {"metrics": metrics, "intervals": intervals(truth, predicted, len(labels))}
