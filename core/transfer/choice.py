"""Which way to transfer fits what is there: a small table over rows a class and number of classes.

The thresholds are a rule of thumb: docs/benchmarks.md (*What Balanced chooses*) says which few cases were measured.
"""

from dataclasses import dataclass

import numpy as np

from core.config import RunConfig
from core.data.sets.lengths import dataset_lengths
from core.data.sets.store import DataSet
from core.errors import GraftError
from core.models.sources import check_source
from core.strategies.registry import DEFAULT, STRATEGIES
from core.strategies.strategy import FEW_ROWS, FEW_ROWS_OF_MANY
from core.training.recipe import epochs_for

FEW = 16  # labelled rows a class: measured at 8, where pairs lead, and at 32, where they no longer do; not between
MANY_CLASSES = 12  # measured at up to 8 classes, where pairs lead, and at 20, where they do not; not between
PAIRS_TOKENS = 160  # pairs read each text some forty times: longer texts than these are not compared on a CPU
MEASURED_ROWS, MEASURED_CLASSES = (8, 128), 20  # rows a class and most classes for which anything was measured


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to transfer and why.

    Attributes:
        epochs: as they are written into the config; None where the way has none.
        sentence: what was chosen and why, in one sentence for a reader.
        measured: whether a few sets of about this size and kind were measured; it does not make the choice sure.
    """

    strategy: str
    epochs: int | None
    sentence: str
    measured: bool


def choose(rows: int, classes: int, median_tokens: int = 0, task: str = "single_label", on_gpu: bool = False) -> Choice:
    """The way to transfer for so many training rows.

    Args:
        rows: labelled training rows, 1 or more.
        classes: classes or labels; 1 for a score.
        median_tokens: of the texts as the source reads them; 0 where nobody has counted.
        task: the set's kind: single_label, text_pair, multi_label or regression.
        on_gpu: whether a graphics card trains, where long texts are affordable.
    """
    per_class = rows / max(1, classes)
    strategy, why = _way(per_class, classes, median_tokens, task, on_gpu)
    measured = (
        task == "single_label" and MEASURED_ROWS[0] <= per_class <= MEASURED_ROWS[1] and classes <= MEASURED_CLASSES
    )
    known = STRATEGIES[strategy]
    epochs = epochs_for(RunConfig("x", strategy=strategy), rows) if known.teacher.by_epochs else None
    length = f" for {epochs} epochs" if epochs else ""
    sentence = f"{known.title}{length}: {_there(rows, per_class, classes, task)}, and {why}."
    sentence += (
        " A rule of thumb, tried on few sets."
        if measured
        else " This case is outside what was measured; it is a careful guess."
    )
    return Choice(strategy, epochs, sentence, measured)


def choose_for(dataset: DataSet, config: RunConfig) -> Choice:
    """The way to transfer for a stored set, as many of its rows as ``config`` takes, its source and its device."""
    from core.training.devices import default_device

    if config.beside:
        return Choice(
            DEFAULT, None, f"{STRATEGIES[DEFAULT].title}: what several tasks share lies in all layers.", False
        )
    lengths = np.zeros(0, dtype=np.int32)
    try:
        if check_source(config.model, config.revision).at_hand:
            lengths = dataset_lengths(dataset, config.model)
    except GraftError:
        pass  # whoever queues the run is told what is wrong with its source; the rule needs no lengths
    rows = min(dataset.size("train"), config.train_size or dataset.size("train"))
    median = min(int(np.median(lengths)), config.max_length) if len(lengths) else 0
    device = default_device().name if config.device == "auto" else config.device
    classes = 1 if dataset.task == "regression" else len(dataset.labels)
    return choose(max(1, rows), classes, median, dataset.task, device != "cpu")


def _way(per_class: float, classes: int, median_tokens: int, task: str, on_gpu: bool) -> tuple[str, str]:
    """Name of the strategy, and the reason."""
    if task != "single_label":
        return DEFAULT, "this kind of answer needs the whole model to adapt"
    if per_class > FEW:
        return DEFAULT, "with so many the whole model may adapt"
    pairs = classes < MANY_CLASSES and (on_gpu or median_tokens <= PAIRS_TOKENS)
    known = next(each for each in STRATEGIES.values() if each.chosen_for == (FEW_ROWS if pairs else FEW_ROWS_OF_MANY))
    return known.name, known.chosen_because


def _there(rows: int, per_class: float, classes: int, task: str) -> str:
    if task == "regression":
        return f"{rows:,} labelled rows with a score"
    noun = "label" if task == "multi_label" else "class"
    return f"about {round(per_class):,} rows for each of {classes:,} {noun}{'s' if noun == 'label' else 'es'}"
