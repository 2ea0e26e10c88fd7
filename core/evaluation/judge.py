"""From raw scores to answers, and from answers to figures, for each task.

Words: *logits* are what the model gives, (rows, outputs). *Outputs* are what they mean: probabilities (rows, classes) or
(rows, labels), or scores (rows,). *Answers* are what is decided from them: class numbers (rows,), labels given
(rows, labels) bool, or the scores themselves. The *truth* has the form of the answers.
"""

from typing import Any

import numpy as np

from core.evaluation import resampling
from core.evaluation.metrics import classification_metrics, intervals, log_loss, macro_f1
from core.evaluation.multilabel import STATISTICS as LABEL_STATISTICS
from core.evaluation.multilabel import choose_thresholds, label_parts, multilabel_metrics
from core.evaluation.regression import STATISTICS as SCORE_STATISTICS
from core.evaluation.regression import regression_metrics, score_parts
from core.evaluation.significance import PairedTest, paired_accuracy, paired_macro_f1, verdict
from core.tasks import METRICS, Task, task_of
from core.training.scoring import softmax

SCALE = "graft_scale"  # in the config of a model that is learning scores: their mean and standard deviation


def outputs_of(task: Task, logits: np.ndarray, scale: tuple[float, float] = (0.0, 1.0)) -> np.ndarray:
    """What raw scores mean: probabilities, or scores in their own units.

    Args:
        logits: (rows, outputs).
        scale: mean and standard deviation that were taken off the scores for training.
    """
    if task.kind == "single_label":
        return softmax(logits)
    if task.kind == "multi_label":
        return 1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -500, 500)))
    return logits[:, 0].astype(np.float64) * scale[1] + scale[0]


def decide(task: Task, outputs: np.ndarray, thresholds: np.ndarray | None = None) -> np.ndarray:
    """The answers: the likeliest class, the labels at or above their thresholds (0.5 unless given), or the scores."""
    if task.kind == "single_label":
        return outputs.argmax(axis=1)
    if task.kind == "multi_label":
        return outputs >= (0.5 if thresholds is None else thresholds)
    return outputs


def confidence(task: Task, outputs: np.ndarray, thresholds: np.ndarray | None = None) -> np.ndarray | None:
    """(rows,) in 0..1: the probability of the class; or how far, as a share of the way, the least sure label is from its
    threshold; None for scores, which a model gives without saying how sure it is."""
    if task.kind == "single_label":
        return outputs.max(axis=1)
    if task.kind == "multi_label":
        edge = np.clip(np.full(outputs.shape[1], 0.5) if thresholds is None else thresholds, 1e-9, 1 - 1e-9)
        return np.where(outputs >= edge, (outputs - edge) / (1 - edge), (edge - outputs) / edge).min(axis=1)
    return None


def loss_of(task: Task, truth: np.ndarray, outputs: np.ndarray, spread: float = 1.0) -> float:
    """The plain loss: cross-entropy in nats, its mean over labels, or the mean squared error of standardised scores."""
    if task.kind == "single_label":
        return log_loss(truth, outputs)
    if task.kind == "multi_label":
        return float(-np.log(np.clip(np.where(truth.astype(bool), outputs, 1 - outputs), 1e-12, 1.0)).mean())
    return float(np.mean(((outputs - truth) / spread) ** 2))


def validate(config: Any, logits: np.ndarray, truth: np.ndarray, best_by: str) -> tuple[float, dict[str, float]]:
    """Scores on validation rows, and the one that decides, turned so that more is better.

    Args:
        config: of the model; its ``problem_type`` names the task.
        best_by: name of the deciding score, or auto.

    For several labels, each threshold is first chosen on these very rows, as it is at the end of the run.
    """
    task = task_of(str(config.problem_type))
    scale = tuple(getattr(config, SCALE, (0.0, 1.0)))
    outputs = outputs_of(task, logits, scale)
    scores = {"loss": loss_of(task, truth, outputs, scale[1])}
    if task.kind == "single_label":
        predicted = outputs.argmax(axis=1)
        scores |= {
            "accuracy": float(np.mean(predicted == truth)), "macro_f1": macro_f1(truth, predicted, outputs.shape[1])
        }  # fmt: skip
    elif task.kind == "multi_label":
        parts = label_parts(truth, decide(task, outputs, choose_thresholds(truth, outputs)))
        scores |= {name: resampling.value(parts, each) for name, each in LABEL_STATISTICS.items()}
    else:
        parts = score_parts(truth, outputs)
        scores |= {name: resampling.value(parts, each) for name, each in SCORE_STATISTICS.items()}
    name = task.best_by if best_by == "auto" else best_by
    reached = scores[name] if METRICS[name].higher else -scores[name]
    return (reached if np.isfinite(reached) else float("-inf")), scores


def judged(
    task: Task, truth: np.ndarray, outputs: np.ndarray, labels: tuple[str, ...], thresholds: np.ndarray | None = None
) -> dict[str, Any]:
    """``metrics`` and their 95 % ``intervals`` on test rows; None for a correlation that is not defined."""
    answers = decide(task, outputs, thresholds)
    spread = float(np.std(truth)) or 1.0 if task.kind == "regression" else 1.0
    loss = {"loss": loss_of(task, truth, outputs, spread)}
    if task.kind == "single_label":
        metrics = classification_metrics(truth, answers, labels)
        return {"metrics": metrics | loss, "intervals": intervals(truth, answers, len(labels))}
    several = task.kind == "multi_label"
    metrics = multilabel_metrics(truth, answers, labels) if several else regression_metrics(truth, answers)
    statistics = LABEL_STATISTICS if several else SCORE_STATISTICS
    draws = resampling.redrawn(label_parts(truth, answers) if several else score_parts(truth, answers))
    spans = {name: resampling.interval(draws, statistics[name], metrics[name]) for name in task.metrics}
    return {
        "metrics": {name: _or_none(value) for name, value in (metrics | loss).items()},
        "intervals": {name: [_or_none(end) for end in span] for name, span in spans.items()},
    }


def paired_tests(task: Task, truth: np.ndarray, a: np.ndarray, b: np.ndarray, labels: int) -> list[PairedTest]:
    """Tests of two sets of answers on the same rows, the headline metric first."""
    if task.kind == "single_label":
        return [paired_accuracy(truth, a, b), paired_macro_f1(truth, a, b, labels)]
    several = task.kind == "multi_label"
    parts, statistics = (label_parts, LABEL_STATISTICS) if several else (score_parts, SCORE_STATISTICS)
    sides = parts(truth, a), parts(truth, b)
    found = []
    for name in task.tested:
        difference, span, p = resampling.paired(*sides, statistics[name])
        found.append(PairedTest(name, difference, span, p, verdict(p, len(truth)), len(truth)))
    return found


def headline_test(task: Task, truth: np.ndarray, a: np.ndarray, b: np.ndarray, labels: int) -> PairedTest:
    """The test of the headline metric alone."""
    if task.kind == "single_label":
        return paired_accuracy(truth, a, b)
    return paired_tests(task, truth, a, b, labels)[0]


def better(metric: str, difference: float) -> bool:
    """Whether a difference ``a - b`` of a metric speaks for ``a``."""
    return difference > 0 if METRICS[metric].higher else difference < 0


def _or_none(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
