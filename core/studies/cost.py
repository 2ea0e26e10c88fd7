"""What a study will take, told before it starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.config import RunConfig
from core.data.sets.domains import within
from core.data.sets.store import DataSet, get_dataset
from core.models.shape import shape_of
from core.models.sources import check_source
from core.studies.carrying import finished_alike
from core.studies.folder import Planned
from core.training.estimate import START_SECONDS, Estimate, estimate, estimate_counted
from core.training.recipe import epochs_for


@dataclass(frozen=True, slots=True)
class StudyCost:
    """What to expect of the runs of a study.

    Attributes:
        runs: all of them.
        reused: those that finished runs answer already.
        seconds: of the others together, one after the other; None where a source is not at hand, so that nothing is known.
        memory_mib: largest need at once; None likewise.
    """

    runs: int
    reused: int
    seconds: float | None
    memory_mib: int | None


def cost_of(cells: Sequence[Planned], dataset: DataSet, lengths: dict[str, np.ndarray]) -> StudyCost:
    """Time and memory of the cells of a plan.

    Args:
        lengths: source -> (sampled rows,) tokens of the set's texts.

    Raises:
        SourceError: when a source cannot exist.
    """
    found = finished_alike([cell.config for cell in cells])
    open_cells = [cell for cell, run in zip(cells, found, strict=True) if run is None]
    seconds, memory = 0.0, 0
    shared: set[tuple[tuple[str, ...], int]] = set()
    for number, cell in enumerate(open_cells):
        expected = _expected(cell.config, dataset, lengths, shared)
        if expected is None:
            return StudyCost(len(cells), len(cells) - len(open_cells), None, None)
        # one worker carries out all of them, and loads the libraries once
        seconds += expected.seconds - (START_SECONDS - 2.0 if number else 0.0)
        memory = max(memory, expected.memory_mib)
    return StudyCost(len(cells), len(cells) - len(open_cells), seconds, memory or None)


def _counts_within(dataset: DataSet, domains: str) -> dict[str, int]:
    """Rows of some domains that are learnt from and that choose."""
    return {part: len(within(dataset.part(part), dataset, domains)) for part in ("train", "validation")}


def _expected(
    config: RunConfig, dataset: DataSet, lengths: dict[str, np.ndarray], shared: set[tuple[tuple[str, ...], int]]
) -> Estimate | None:
    """Of one cell; None where nothing is known. The texts of another set are taken to be as long as those of the study's own.

    Of cells that share a training the first takes the time of all, the others only judge.

    Args:
        shared: the trainings that were counted already; that of this cell is added.
    """
    own = dataset if config.dataset == dataset.id else get_dataset(config.dataset)
    counts = {part: own.size(part) for part in ("train", "validation", "test")}
    counts |= _counts_within(own, config.domains) if config.domains else {}
    if not config.source:
        return estimate_counted(config, counts, len(own.labels))
    if config.source not in lengths or not check_source(config.source, config.revision).at_hand:
        return None
    if config.beside:
        key = (config.tasks, config.seed)
        sizes = [get_dataset(name).size("train") for name in config.tasks]
        rows = sum(min(size, config.train_size or size) for size in sizes)
        counts["train"] = 1 if key in shared else rows
        shared.add(key)
        config = config.changed(beside=None, train_size=None, epochs=epochs_for(config, rows // len(sizes)))
    return estimate(config, counts, lengths[config.source], shape_of(config.source, config.revision))
