"""Which strategy? Several ways to transfer on one set, by what they reach and what they cost."""

from core.config import RunConfig
from core.data.sets.store import DataSet
from core.strategies.registry import STRATEGIES
from core.studies.compared import FIXED, compared
from core.studies.folder import Planned
from core.studies.grid import grid
from core.studies.kind import Asked, Kind, known_strategies


def plan_strategies(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """Every strategy that is asked for, or every common one that serves the set's task, each with every seed.

    A learning rate or a number of epochs that is set counts for all of them; left empty, each takes what fits it.

    Raises:
        StudyError: when a strategy does not exist.
    """
    names = asked.strategies or tuple(
        name for name, known in STRATEGIES.items() if known.common and _serves(name, dataset.task)
    )
    options = {STRATEGIES[name].title: {"strategy": name} for name in known_strategies(names)}
    return grid(config, {"strategy": options}, asked.seeds, fixed=FIXED)


def _serves(name: str, task: str) -> bool:
    limit = STRATEGIES[name].only_for
    return limit is None or task in limit.tasks


STRATEGY = Kind(
    "strategies", "Strategies", "Which way to transfer suits {dataset}?",
    "Several strategies learn from the same rows: score against time, trained weights and memory. Marked are those for which no other is "
    "both better and quicker.",
    plan_strategies, compared, asks=("seeds", "strategies"),
)  # fmt: skip
