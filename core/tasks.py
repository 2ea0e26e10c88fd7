"""Tasks: what kind of answer a run learns to give, and what follows from that for everything else.

A row's answer is stored as one text: a class name, several label names joined with ``|``, or a number. Here it becomes an
array; ``core.training.losses`` says what is minimised, ``core.evaluation.answers`` how raw scores become answers, and
``core.metrics`` how good these are.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.config import ADAPT_NONE, RunConfig
from core.errors import ConfigError
from core.metrics.metric import Metric
from core.metrics.table import METRICS
from core.strategies.registry import STRATEGIES

SEPARATOR = "|"  # between the labels of one row, wherever they stand as one text
SCALE = "graft_scale"  # in the config of a model that is learning scores: their mean and standard deviation


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of answer. What it is measured by stands in ``core.metrics.table``; here is which of that comes first.

    Attributes:
        kind: single_label, multi_label or regression.
        title: the same for a reader.
        problem_type: what transformers calls it in a saved config.
        headline: the metric that is named first.
        best_by: the validation score that decides which checkpoint is kept, unless another is asked for.
    """

    kind: str
    title: str
    problem_type: str
    headline: str
    best_by: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics that get an interval, the headline first."""
        return self._names(self.headline, lambda metric: metric.shown)

    @property
    def tested(self) -> tuple[str, ...]:
        """Names of the metrics that a comparison tests, the headline first."""
        return self._names(self.headline, lambda metric: metric.tested)

    @property
    def choices(self) -> tuple[str, ...]:
        """Validation scores that may decide which checkpoint is kept, the usual one first."""
        return self._names(self.best_by, lambda metric: metric.chooses)

    def _names(self, first: str, which: Callable[[Metric], bool]) -> tuple[str, ...]:
        names = (metric.name for metric in METRICS.values() if self.kind in metric.forms and which(metric))
        return tuple(sorted(names, key=lambda name: name != first))  # a stable sort: the others as in the table


TASKS = {
    task.kind: task
    for task in (
        Task("single_label", "one label", "single_label_classification", "accuracy", "macro_f1"),
        Task("multi_label", "several labels", "multi_label_classification", "micro_f1", "macro_f1"),
        Task("regression", "a score", "regression", "rmse", "rmse"),
    )
}


def task_of(name: str) -> Task:
    """The task of a stored set, or of a saved model's ``problem_type``; pairs with one label are single label."""
    by_problem = {task.problem_type: task for task in TASKS.values()}
    return TASKS.get(name) or by_problem.get(name) or TASKS["single_label"]


def readable(value: float) -> str:
    """A number with three digits that count, without powers of ten: 0.0123, 4.18, 1998."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def figure(metric: str, value: float | None, undefined: str = "not defined") -> str:
    """A metric's value in a sentence: 85.2 % for a share, 0.843 for what has no per cent, and a word for None."""
    if value is None:
        return undefined
    return f"{100 * value:.1f} %" if METRICS[metric].share else readable(value)


def headline_of(result: Mapping[str, Any]) -> str:
    """The metric that a result is judged by; results of earlier versions are by the one that their verdict is about."""
    task = task_of(result.get("task", "single_label"))
    return result.get("headline") or (result.get("verdict") or {}).get("metric") or task.headline


def interval_of(result: Mapping[str, Any], metric: str) -> tuple[float, float] | None:
    """The 95 % interval of a metric; None where its rows carry none, where it is not defined, or where it is younger."""
    ends = result.get("intervals", {}).get(metric)
    return None if ends is None or None in ends else (ends[0], ends[1])


def span(metric: str, interval: tuple[float, float] | None) -> str:
    """An interval in a sentence, with what it is."""
    return (
        f"95 % interval {figure(metric, interval[0])} to {figure(metric, interval[1])}" if interval else "no interval"
    )


def split_labels(joined: str) -> tuple[str, ...]:
    """The labels of one row; none where the text is empty."""
    return tuple(joined.split(SEPARATOR)) if joined else ()


def join_labels(labels: Iterable[str]) -> str:
    """The labels of one row as one text."""
    return SEPARATOR.join(labels)


def encode_targets(task: Task, answers: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """Stored answers as an array: (rows,) int64 class numbers, (rows, labels) float32 of 0 and 1, or (rows,) float32.

    Args:
        answers: (rows,) as ``DataSet.frame`` has them in its column label.
        names: the classes or labels, in the order of the model's outputs.
    """
    numbers = {name: index for index, name in enumerate(names)}
    if task.kind == "regression":
        return np.array([float(answer) for answer in answers], dtype=np.float32)
    if task.kind == "single_label":
        return np.array([numbers[answer] for answer in answers], dtype=np.int64)
    targets = np.zeros((len(answers), len(names)), dtype=np.float32)
    for row, answer in enumerate(answers):
        targets[row, [numbers[name] for name in split_labels(answer)]] = 1.0
    return targets


def scale_of(targets: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of scores, (rows,): a model learns them with the mean taken off and a spread of 1."""
    spread = float(np.std(targets, dtype=np.float64))
    return float(np.mean(targets, dtype=np.float64)), spread if spread > 1e-12 else 1.0


def best_by(config: RunConfig, task: Task) -> str:
    """The validation score that decides which checkpoint is kept."""
    return task.best_by if config.best_by == "auto" else config.best_by


def check_settings(config: RunConfig, task: Task) -> None:
    """Refuse settings that mean nothing for this task.

    Raises:
        ConfigError: naming the setting and what to do.
    """
    if config.best_by not in ("auto", *task.choices):
        raise ConfigError(
            f"best_by is {config.best_by!r}, and this set's answers are {task.title} a row.",
            f"It must be one of: auto, {', '.join(task.choices)}.",
        )
    limit = STRATEGIES[config.strategy].only_for
    if limit and task.kind not in limit.tasks:
        raise ConfigError(
            f"The strategy {config.strategy} {limit.reason}, and this set's answers are {task.title} a row.", limit.hint
        )
    if config.self_train != ADAPT_NONE and task.kind != "single_label":
        raise ConfigError(
            f"self_train is {config.self_train!r}, and this set's answers are {task.title} a row.",
            f"Set it to {ADAPT_NONE}: only texts with one label each can be labelled by a model itself.",
        )
    if task.kind != "regression":
        return
    for name, off in (("class_weights", False), ("focal_gamma", 0.0), ("label_smoothing", 0.0)):
        if getattr(config, name) != off:
            raise ConfigError(
                f"{name} is {getattr(config, name)!r}, and this set's answers are scores, not classes.",
                f"Leave {name} at {off}: it has a meaning for classes only.",
            )
