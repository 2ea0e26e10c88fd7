"""After the last phase: what the run kept of its source, measured by itself where that costs little beside the training."""

import logging

from core.errors import GraftError
from core.jobs.phases.choosing import Chosen
from core.jobs.phases.preparing import Prepared
from core.jobs.progress import FORWARD
from core.runs.folder import Run, get_run
from core.strategies.registry import STRATEGIES
from core.training.events import TrainingDone
from core.transfer.retention import retention

log = logging.getLogger("graft.worker")

SHARE = 0.1  # of the training, which the measurement may cost where nobody asked for it
PLAIN_TOKENS = 60_000  # that the shipped texts have, read once before and once after


def retain(run: Run, chosen: Chosen, prepared: Prepared, done: TrainingDone) -> None:
    """Measure it and keep it with the run; where it costs more, or the encoder did not move, the page has a button."""
    strategy = STRATEGIES[chosen.config.strategy]
    if strategy.from_scratch or not strategy.teacher.steps:
        return
    try:
        if _tokens(chosen, prepared) / FORWARD <= SHARE * done.tokens:
            retention(run)
    except (
        GraftError,
        RuntimeError,
        MemoryError,
    ) as error:  # an earlier run that is gone, or no memory: the run itself is done
        log.warning("what was kept of the source: %s", error)


def _tokens(chosen: Chosen, prepared: Prepared) -> float:
    """About as many as are read; texts of an earlier run are taken to be as long as those of this one."""
    if not chosen.config.model.startswith("run:"):
        return PLAIN_TOKENS
    test = prepared.encoded["test"].encoded
    rows = (get_run(chosen.config.model[4:]).result or {}).get("rows", 0)
    return float(rows) * test.tokens / max(1, test.rows)
