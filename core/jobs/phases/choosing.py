"""The first phase of a run: which rows it trains on, validates on and is judged by."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from core.config import RunConfig, preset_of
from core.data.sets.apart import learnable
from core.data.sets.domains import within
from core.data.sets.store import DataSet, get_dataset
from core.data.splits.sampling import draw_part
from core.errors import DatasetError
from core.strategies.registry import STRATEGIES
from core.tasks import Task, check_settings, task_of
from core.training.recipe import epochs_for


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows of a run, and what follows from them.

    Attributes:
        config: the run's, with the epochs filled in where they were left open.
        parts: train, validation and test -> rows of the set; test holds the rows that the run is judged by.
        judged_on: the part that these come from: test, or validation where the set has no test rows.
        judged_of: how many rows that part has.
        class_rows: rows of each answer in the whole set, as it was then: the set may be deleted while the run is under way.
        left_out: train and validation -> rows that were not drawn from, since their texts measure another set (``RunConfig.apart_from``).
    """

    config: RunConfig
    dataset: DataSet
    task: Task
    parts: dict[str, pd.DataFrame]
    judged_on: str
    judged_of: int
    class_rows: tuple[int, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def told_left_out(self) -> list[str]:
        """That rows were left out, in a sentence; empty where none were."""
        counts = [
            f"{rows:,} {'training' if part == 'train' else part} rows" for part, rows in self.left_out.items() if rows
        ]
        if not counts:
            return []
        others = " or ".join(repr(get_dataset(name).name) for name in self.config.apart_from)
        return [f"Of {self.dataset.name!r} {' and '.join(counts)} were left out: their texts measure {others}."]


def choose_rows(config: RunConfig, warn: Callable[[str], None]) -> Chosen:
    """Draw the rows that ``config`` asks for.

    Args:
        warn: is told where fewer rows are there than were asked for, or where some are left out since they measure another set.

    Raises:
        DatasetError: when the set has no labels, or no rows to train on or to judge by; or all measure a set that is learnt with it.
        GraftError: when the settings do not go with what the set asks to learn.
    """
    dataset = get_dataset(config.dataset)
    if dataset.task == "unlabelled":
        raise DatasetError(
            f"The data set {dataset.name!r} has no labels.",
            "Training needs a label column; add the file again with one.",
        )
    task = task_of(dataset.task)
    check_settings(config, task)
    frame = dataset.frame()
    class_rows = tuple(frame["label"].value_counts().tolist())
    parts = {name: frame[frame["split"] == name] for name in ("train", "validation", "test")}
    judged_on = "test" if len(parts["test"]) else "validation"
    judged_of = len(parts[judged_on])
    if judged_on == "validation":
        parts["test"] = parts["validation"]
    learnt = ("train", "validation")
    asked = {name: len(within(parts[name], dataset, config.domains)) for name in learnt}
    parts |= {name: learnable(frame, dataset, name, config.domains, config.apart_from) for name in learnt}
    left_out = {name: asked[name] - len(parts[name]) for name in learnt}
    if not len(parts["train"]) or not len(parts["test"]):
        raise DatasetError(
            f"The data set {dataset.name!r} has no rows to {'train on' if not len(parts['train']) else 'judge by'}.",
            "Store it again with other split fractions.",
        )
    sizes = {
        "train": (config.train_size, config.seed),
        "validation": (config.validation_size, 0),  # the same rows for every run, whatever its seed
        "test": (config.test_size, 0),
    }
    if config.train_size is not None and config.train_size >= len(parts["train"]):
        preset = preset_of(config)
        who = (
            f"The preset {preset.title!r} takes" if preset and "train_size" in preset.settings else "The settings take"
        )
        warn(
            f"{who} at most {config.train_size:,} training rows; the set has {len(parts['train']):,}, and all are used."
        )
    parts = {name: draw_part(part, task.kind, *sizes[name]) for name, part in parts.items()}
    if STRATEGIES[config.strategy].teacher.by_epochs:
        config = config.changed(epochs=epochs_for(config, len(parts["train"])))
    chosen = Chosen(config, dataset, task, parts, judged_on, judged_of, class_rows, left_out)
    for sentence in chosen.told_left_out:
        warn(sentence)
    return chosen
