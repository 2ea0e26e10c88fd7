"""What a study will take, told before it starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.sets.domains import within
from core.data.sets.store import DataSet
from core.models.shape import shape_of
from core.models.sources import check_source
from core.studies.carrying import finished_alike
from core.studies.folder import Planned
from core.training.estimate import START_SECONDS, estimate, estimate_counted


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
    counts = {part: dataset.size(part) for part in ("train", "validation", "test")}
    seconds, memory = 0.0, 0
    whole = counts
    for number, cell in enumerate(open_cells):
        config = cell.config
        counts = whole | (_counts_within(dataset, config.domains) if config.domains else {})
        if not config.source:
            expected = estimate_counted(config, counts, len(dataset.labels))
        elif config.source not in lengths or not check_source(config.source, config.revision).at_hand:
            return StudyCost(len(cells), len(cells) - len(open_cells), None, None)
        else:
            expected = estimate(config, counts, lengths[config.source], shape_of(config.source, config.revision))
        # one worker carries out all of them, and loads the libraries once
        seconds += expected.seconds - (START_SECONDS - 2.0 if number else 0.0)
        memory = max(memory, expected.memory_mib)
    return StudyCost(len(cells), len(cells) - len(open_cells), seconds, memory or None)


def _counts_within(dataset: DataSet, domains: str) -> dict[str, int]:
    """Rows of some domains that are learnt from and that choose."""
    return {part: len(within(dataset.part(part), dataset, domains)) for part in ("train", "validation")}
