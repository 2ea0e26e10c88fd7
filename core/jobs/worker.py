"""The worker: one process that carries one run from its config to its result, phase by phase."""

import logging
import time
import traceback
from pathlib import Path

from core.config import RunConfig
from core.errors import GraftError
from core.jobs.choosing import choose_rows
from core.jobs.finishing import finish
from core.jobs.judging import judge
from core.jobs.place import Place, take_place
from core.jobs.preparing import prepare
from core.jobs.reporter import Reporter, Silent
from core.jobs.stopping import StopAsked
from core.jobs.teaching import teach
from core.jobs.telling import Telling
from core.runs.folder import Run
from core.training import devices, shares
from core.training.scoring import Interrupted

log = logging.getLogger("graft.worker")


def work(path: Path) -> int:
    """Carry out the run in the folder ``path``; the exit code is 0 when it finished or was stopped as asked."""
    run = Run(path.name, path)
    if shares.place() > 0:
        return _assist(run)
    with Reporter(run) as reporter:
        try:
            state = _carry_out(run, reporter)
        except Exception as error:
            state = "failed"
            reporter.end(state, _explain(error))
        else:
            reporter.end(state)  # finished or stopped
    run.clear_stop()
    return 1 if state == "failed" else 0


def _assist(run: Run) -> int:
    """One of several processes that train together, but not the first: it computes its share and writes nothing."""
    _carry_out(run, Silent(run))
    return 0


def _explain(error: Exception) -> dict[str, str]:
    """What the user reads; the traceback goes to the log only, and only for errors that are not the user's."""
    known = error if isinstance(error, GraftError) else devices.out_of_memory(error)
    if known is not None:
        log.error("%s", known)
        return {"message": known.message, "hint": known.hint}
    traceback.print_exception(error)
    return {
        "message": f"Graft itself failed: {type(error).__name__}: {error}",
        "hint": "The log below holds the details; please report them.",
    }


def _carry_out(run: Run, reporter: Reporter | Silent) -> str:
    """One attempt at one run; gives the state in which it ends: finished or stopped."""
    config, began = run.config, time.time()
    telling, should_stop = Telling(run, reporter), StopAsked(run)
    place = _begin(config, telling, began)
    chosen = choose_rows(config, telling.warn)
    prepared = prepare(chosen, telling)
    try:
        with shares.together(place.device.name):
            done = teach(chosen.config, prepared, place, telling, should_stop)
        if done.stopped:
            return "stopped"
        if shares.place() > 0:
            return "finished"
        judged = judge(chosen.task, prepared, place, telling, should_stop)
        finish(chosen, prepared, place, done, judged, telling, began)
    except Interrupted:
        return "stopped"
    return "finished"


def _begin(config: RunConfig, telling: Telling, began: float) -> Place:
    """Find the device and say that the run is under way."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    reporter = telling.reporter
    place = take_place(config, reporter.status.get("device") or "auto")
    attempt = reporter.status.get("attempt", 1)
    reporter.event({"event": "attempt", "attempt": attempt})
    reporter.update(
        now=True, state="running", started_at=reporter.status.get("started_at") or began,
        device=place.device.name, device_title=place.device.title, precision=place.precision,
    )  # fmt: skip
    telling.phase("preparing")
    log.info("run %s, attempt %s, on %s", telling.run.id, attempt, place.device.sentence)
    return place
