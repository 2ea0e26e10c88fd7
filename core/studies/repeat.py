"""Repeating a training with several seeds: how much of a result is luck?"""

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.metrics.table import METRICS
from core.studies.compared import FIXED, Compared, compared
from core.studies.folder import Planned, Study
from core.studies.grid import grid
from core.studies.kind import Asked, Kind
from core.studies.ways import Ways
from core.studies.ways_sentences import reached
from core.tasks import figure, span


def plan_repeat(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """The same training once for each seed, that of ``config`` first."""
    return grid(config, {}, asked.seeds, fixed=FIXED)


def read_repeat(study: Study) -> Compared:
    """What the trainings reached, and how far they lie apart.

    Raises:
        StudyError: when the study is damaged.
    """
    return compared(study, _sentence)


def _sentence(ways: Ways) -> str:
    line = next(line for line in ways.lines if line.planned)
    if line.fixed:
        return f"Training again gives the same model: {reached(line, ways.headline)}."
    said = f"Trained {len(line.values)} times it reaches {figure(ways.headline, line.mean)} {METRICS[ways.headline].spoken} on average"
    if line.deviation is None:
        return f"{said}."
    low, high = min(line.values), max(line.values)
    apart = f"from {figure(ways.headline, low)} to {figure(ways.headline, high)}"
    return f"{said}, {apart}; {span(ways.headline, line.interval)} of the average, over rows and seeds."


REPEAT = Kind(
    "seeds", "Repeated", "How much of a result on {dataset} is luck?",
    "The same training several times, each with another seed. A single training is one draw: with another order of the rows and another "
    "start of the classifier it comes out a little different. The average and how far the trainings lie apart say more.",
    plan_repeat, read_repeat,
)  # fmt: skip
