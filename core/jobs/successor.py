"""The next run of a study, taken over by the worker that has just finished one of it.

A worker spends seconds on loading torch, and the small runs of a study often take no longer themselves; so one worker carries them
out in turn, as long as the queue asks for nothing else first. The next run is taken while the last one still holds the device,
so that the scheduler finds no free device in between. On a machine with several devices, and on a cluster, runs are spread instead.
"""

import gc
import logging
import os
import time

from core.config import HERE
from core.errors import GraftError
from core.jobs.lock import NamedLock, worker_lock
from core.jobs.process import identity
from core.runs.folder import WAITING, Run, list_runs
from core.runs.ties import study_tie
from core.training.devices import list_devices

log = logging.getLogger("graft.worker")

FOLLOWS = "follows"  # in a status: id of the run that this process carried out before


def take_next(run: Run) -> tuple[Run, NamedLock] | None:
    """The run that waits longest, where it belongs to the study of ``run``, now *starting* in this process and locked; else None."""
    try:
        following = _next_of_study(run)
        if following is None:
            return None
        lock = worker_lock(following)
        if not lock.take():
            return None
        if following.state not in WAITING or following.stop_asked():
            lock.release()
            return None
        status = run.status
        following.write_status(
            state="starting", device=status.get("device"), devices=[status.get("device")], error=None, ended_at=None,
            attempt=int(following.status.get("attempt") or 0) + 1, process=identity(), spawned_at=time.time(),
            heartbeat=time.time(), eta_seconds=None, **{FOLLOWS: run.id},
        )  # fmt: skip
    except (OSError, GraftError) as error:  # the scheduler will start it, or say what is wrong with it
        log.warning("the next run of the study is left to the scheduler: %s", error)
        return None
    return following, lock


def turn_to(run: Run) -> None:
    """Let this process's output go into the log of ``run`` from here on, and the memory of the last one be free."""
    gc.collect()
    with run.log_path.open("ab") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)


def _next_of_study(run: Run) -> Run | None:
    tie = study_tie(run)
    if tie is None or run.config.processes > 1 or run.config.engine != HERE or len(list_devices()) > 1:
        return None
    waiting = [(status, other) for other in list_runs() if (status := other.status)["state"] in WAITING]
    if not waiting:
        return None
    _, following = min(waiting, key=lambda entry: (entry[0].get("queued_at") or 0.0, entry[1].id))
    its_tie = study_tie(following)
    its = following.config
    if its_tie is None or its_tie.id != tie.id or its.processes > 1 or its.engine != HERE:
        return None
    return following
