"""From raw scores or outputs to figures: on validation rows while a run trains, on test rows with intervals."""

from typing import Any

import numpy as np

from core.evaluation.answers import decide, outputs_of
from core.evaluation.details import details_of
from core.evaluation.thresholds import choose_thresholds
from core.metrics.metric import Answered, Metric
from core.metrics.table import METRICS
from core.tasks import SCALE, Task, task_of


def validate(model_config: Any, logits: np.ndarray, truth: np.ndarray, best_by: str) -> tuple[float, dict[str, float]]:
    """Scores on validation rows, and the one that decides, turned so that more is better.

    Args:
        model_config: of the model; its ``problem_type`` names the task.
        logits: (rows, outputs) float32, raw scores.
        best_by: name of the deciding score, or auto.

    For several labels, each threshold is first chosen on these very rows, as it is at the end of the run.
    """
    task = task_of(str(model_config.problem_type))
    scale = tuple(getattr(model_config, SCALE, (0.0, 1.0)))
    outputs = outputs_of(task, logits, scale)
    thresholds = choose_thresholds(truth, outputs) if task.kind == "multi_label" else None
    answered = Answered(truth, decide(task, outputs, thresholds), logits.shape[1], outputs, scale[1])
    scores = {metric.name: metric.forms[task.kind].value(answered) for metric in metrics_of(task)}
    name = task.best_by if best_by == "auto" else best_by
    reached = scores[name] if METRICS[name].higher else -scores[name]
    return (reached if np.isfinite(reached) else float("-inf")), scores


def evaluate(
    task: Task, truth: np.ndarray, outputs: np.ndarray, labels: tuple[str, ...], thresholds: np.ndarray | None = None
) -> dict[str, Any]:
    """``metrics`` and their 95 % ``intervals`` on test rows.

    A metric that is not defined is None, and so are both ends of its interval; an interval is None as a whole where these
    rows cannot carry one.

    Args:
        truth: (rows,) class numbers or scores, or (rows, labels) 0 and 1.
        outputs: (rows, classes) or (rows, labels) probabilities, or (rows,) scores.
        thresholds: (labels,) or (rows, labels) the probability from which each of several labels is given.
    """
    answers = decide(task, outputs, thresholds)
    spread = float(np.std(truth)) or 1.0 if task.kind == "regression" else 1.0
    answered = Answered(truth, answers, len(labels), outputs, spread)
    values: dict[str, Any] = {metric.name: metric.forms[task.kind].value(answered) for metric in metrics_of(task)}
    intervals = {}
    for name in task.metrics:
        interval = METRICS[name].forms[task.kind].interval
        if interval is not None:
            ends = interval(answered)
            intervals[name] = None if ends is None else [_or_none(end) for end in ends]
    return {
        "metrics": {
            name: _or_none(value) for name, value in (values | details_of(task, truth, answers, labels)).items()
        },
        "intervals": intervals,
    }


def metrics_of(task: Task) -> list[Metric]:
    """Every metric that the task has, the headline first."""
    metrics = [metric for metric in METRICS.values() if task.kind in metric.forms]
    return sorted(metrics, key=lambda metric: metric.name != task.headline)


def _or_none(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
