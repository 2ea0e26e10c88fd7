"""The worker: one process that carries one run from its config to its result, phase by phase."""

import logging
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from core.config import RunConfig
from core.errors import GraftError, RunError, StorageError
from core.jobs.compute import Compute, take_compute
from core.jobs.lock import NamedLock, worker_lock
from core.jobs.phases.adapting import adapt
from core.jobs.phases.baselines_aside import BaselinesAside
from core.jobs.phases.choosing import Chosen, choose_rows
from core.jobs.phases.counting import count_words
from core.jobs.phases.finishing import finish
from core.jobs.phases.fitting import fit
from core.jobs.phases.judging import judge
from core.jobs.phases.preparing import prepare
from core.jobs.phases.retaining import retain
from core.jobs.phases.self_training import teach_itself
from core.jobs.program import program_stamp
from core.jobs.recorder import RunRecorder
from core.jobs.reporter import Reporter, Silent
from core.jobs.stopping import StopAsked
from core.jobs.successor import take_next, turn_to
from core.runs.folder import Run
from core.training import devices, distributed
from core.training.scoring import Interrupted
from core.workspace import storage_error, sweep

log = logging.getLogger("graft.worker")

TAKING = 10.0  # seconds to wait for the run's lock: others hold it for a moment to see whether it is free


def work(path: Path) -> int:
    """Carry out the run in the folder ``path``, and after it those of its study that come next.

    Returns:
        the exit code: 0 when the last one finished or was stopped as asked.
    """
    run, program = Run(path.name, path), program_stamp()
    if distributed.rank() > 0:
        return _assist(run)
    lock = worker_lock(run)
    try:
        if not lock.take(TAKING):
            log.error("another worker is at work in %s; leaving it to it", path)
            return 1
    except OSError as error:
        log.error("%s", storage_error(error, path))
        return 1
    while True:
        code, following = _locked(run, lock, program)
        if following is None:
            return code
        run, lock = following
        turn_to(run)


def _locked(run: Run, lock: NamedLock, program: str) -> tuple[int, tuple[Run, NamedLock] | None]:
    """Carry out a run whose lock is held, which then is free; the exit code, and the run that follows."""
    try:
        return _work(run, lock, program)
    except (RunError, StorageError) as error:  # not even the end could be written; whoever looks after the run notices
        log.error("%s", error)
        return 1, None
    finally:
        lock.release()


def _work(run: Run, lock: NamedLock, program: str) -> tuple[int, tuple[Run, NamedLock] | None]:
    following = None
    for path in (run.model, run.predictions("test"), run.predictions("validation")):
        sweep(path)  # what an attempt that was killed left there; only who holds the lock writes them
    with Reporter(run, lock) as reporter:
        try:
            state = _carry_out(run, reporter)
        except Exception as error:
            state = "failed"
            reporter.end(state, _explain(error))
        else:
            # a program that was updated meanwhile carries the rest out itself: runs of two versions do not compare
            following = take_next(run) if state == "finished" and program_stamp() == program else None
            reporter.end(state)  # finished or stopped
    run.clear_stop()
    return (1 if state == "failed" else 0), following


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
    recorder, should_stop = RunRecorder(run, reporter), StopAsked(run)
    compute = _begin(config, recorder, began)
    chosen = choose_rows(config, recorder.warn)
    reporter.update(judged_on=chosen.judged_on)
    if not config.source:
        return _count(chosen, recorder, should_stop, began)
    prepared = prepare(chosen, recorder)
    try:
        head = adapt(chosen.config, prepared, compute, recorder, should_stop)
        chosen, prepared = teach_itself(chosen, prepared, compute, recorder, should_stop)
        first = distributed.rank() == 0
        with BaselinesAside(run, chosen, compute.device.name if first else "") as aside:
            with distributed.joined(compute.device.name):
                done = fit(chosen, prepared, compute, recorder, should_stop, head)
            if done.stopped:
                aside.drop()
                return "stopped"
            if not first:
                return "finished"
            judged = judge(chosen.task, prepared, compute, recorder, should_stop)
        finish(chosen, prepared, compute, done, judged, recorder, began)
        retain(run, chosen, prepared, done)
    except Interrupted:
        return "stopped"
    return "finished"


def _count(chosen: Chosen, recorder: RunRecorder, should_stop: Callable[[], bool], began: float) -> str:
    """As ``_carry_out`` goes on where words are counted: no source, no device, no checkpoints."""
    try:
        count_words(chosen, recorder, should_stop, began)
    except Interrupted:
        return "stopped"
    return "finished"


def _begin(config: RunConfig, recorder: RunRecorder, began: float) -> Compute:
    """Find the device and say that the run is under way."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    reporter = recorder.reporter
    given = reporter.status.get("device") or "auto"
    compute = take_compute(config, given if config.source else "cpu")  # counting words knows no other device
    attempt = reporter.status.get("attempt", 1)
    reporter.event({"event": "attempt", "attempt": attempt})
    reporter.update(
        now=True, state="running", started_at=reporter.status.get("started_at") or began,
        device=compute.device.name, device_title=compute.device.title, precision=compute.precision,
    )  # fmt: skip
    recorder.phase("preparing")
    log.info("run %s, attempt %s, on %s", recorder.run.id, attempt, compute.device.sentence)
    return compute
