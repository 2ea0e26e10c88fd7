"""Tasks: what kind of answer a run learns to give, and what follows from that for everything else.

A row's answer is stored as one text: a class name, several label names joined with ``|``, or a number. Here it becomes an
array; ``core.training.losses`` says what is minimised, ``core.evaluation.judge`` how raw scores become answers and how
those are judged.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.config import RunConfig
from core.errors import ConfigError
from core.strategies.registry import STRATEGIES

SEPARATOR = "|"  # between the labels of one row, wherever they stand as one text


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of merit: ``higher`` when more is better, ``share`` when it lies in 0..1 and is said in per cent."""

    name: str
    title: str
    help: str
    higher: bool = True
    share: bool = True

    @property
    def spoken(self) -> str:
        """The name inside a sentence: accuracy, macro-F1, but RMSE and Pearson r."""
        return self.title[0].lower() + self.title[1:] if self.share else self.title


METRICS = {
    each.name: each
    for each in (
        Metric("accuracy", "Accuracy", "Share of rows that got the right class."),
        Metric("macro_f1", "Macro-F1", "The same care for every class or label, however rare."),
        Metric("micro_f1", "Micro-F1", "Right labels among all given and all true ones, every label of every row counted alike."),
        Metric("subset_accuracy", "Whole set right", "Share of rows whose labels are all right, none missing and none too many."),
        Metric("rmse", "RMSE", "Root of the mean squared error, in the units of the score: large errors weigh more.", False, False),
        Metric("mae", "MAE", "Mean size of the error, in the units of the score.", False, False),
        Metric("pearson", "Pearson r", "How closely predicted and true scores lie on a line: 1 is perfect, 0 is none.", True, False),
        Metric("spearman", "Spearman ρ", "How well the order of the scores is kept: 1 is perfect, 0 is none.", True, False),
        Metric("loss", "Loss", "What the training minimises.", False, False),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of answer.

    Attributes:
        kind: single_label, multi_label or regression.
        title: the same for a reader.
        problem_type: what transformers calls it in a saved config.
        metrics: names of the metrics that get an interval, the headline first.
        tested: those of them that a comparison tests, the headline first.
        best_by: the validation score that decides which checkpoint is kept, unless another is asked for.
        choices: validation scores that may be asked for.
    """

    kind: str
    title: str
    problem_type: str
    metrics: tuple[str, ...]
    tested: tuple[str, ...]
    best_by: str
    choices: tuple[str, ...]

    @property
    def headline(self) -> str:
        return self.metrics[0]


TASKS = {
    each.kind: each
    for each in (
        Task(
            "single_label", "one label", "single_label_classification", ("accuracy", "macro_f1"),
            ("accuracy", "macro_f1"), "macro_f1", ("macro_f1", "accuracy", "loss"),
        ),
        Task(
            "multi_label", "several labels", "multi_label_classification", ("micro_f1", "macro_f1", "subset_accuracy"),
            ("micro_f1", "macro_f1"), "macro_f1", ("macro_f1", "micro_f1", "subset_accuracy", "loss"),
        ),
        Task(
            "regression", "a score", "regression", ("rmse", "mae", "pearson", "spearman"),
            ("rmse", "mae"), "rmse", ("rmse", "mae", "pearson", "spearman", "loss"),
        ),
    )
}  # fmt: skip


def task_of(name: str) -> Task:
    """The task of a stored set, or of a saved model's ``problem_type``; pairs with one label are single label."""
    by_problem = {each.problem_type: each for each in TASKS.values()}
    return TASKS.get(name) or by_problem.get(name) or TASKS["single_label"]


def readable(value: float) -> str:
    """A number with three digits that count, without powers of ten: 0.0123, 4.18, 1998."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


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
    if task.kind != "regression":
        return
    for name, off in (("class_weights", False), ("focal_gamma", 0.0), ("label_smoothing", 0.0)):
        if getattr(config, name) != off:
            raise ConfigError(
                f"{name} is {getattr(config, name)!r}, and this set's answers are scores, not classes.",
                f"Leave {name} at {off}: it has a meaning for classes only.",
            )
