"""The queue: runs wait in their folders in state *queued*, so that no crash can lose one."""

import time

from core.config import RunConfig
from core.data.sets.store import get_dataset
from core.errors import RunError
from core.jobs.scheduler import ensure_scheduler
from core.models.reach import require_source
from core.runs.folder import ACTIVE, RESUMABLE, WAITING, Run, create_run, default_name, list_runs
from core.tasks import check_settings, task_of


def submit(config: RunConfig, name: str | None = None, tags: tuple[str, ...] = ()) -> Run:
    """Queue a run and make sure that a scheduler is there to start it.

    Raises:
        ConfigError: when a setting has no meaning for the answers of this data set.
        SourceError: when the source is neither here nor can be downloaded: the run could only fail.
    """
    dataset = get_dataset(config.dataset)
    check_settings(config, task_of(dataset.task))
    require_source(config.model, config.revision)
    run = create_run(config, name or default_name(config, dataset.size("train")), tags)
    ensure_scheduler()
    return run


def stop(run: Run) -> None:
    """Ask a queued or active run to stop; the worker saves a checkpoint first.

    Raises:
        RunError: when the run has already ended.
    """
    if run.state not in (*WAITING, *ACTIVE):
        raise RunError(f"Run {run.name} is already {run.state}.", "Only queued or running runs can be stopped.")
    run.ask_stop()
    ensure_scheduler()


def resume(run: Run) -> None:
    """Queue a stopped, interrupted or failed run again; it goes on from its last checkpoint.

    Raises:
        RunError: when the run is under way or finished.
        SourceError: when its source is neither here nor can be downloaded.
    """
    if run.state not in RESUMABLE:
        raise RunError(f"Run {run.name} is {run.state}.", "Only stopped, interrupted or failed runs can be resumed.")
    require_source(run.config.model, run.config.revision)
    run.clear_stop()
    run.write_status(state="queued", queued_at=time.time(), error=None, process=None)
    ensure_scheduler()


def position(run: Run) -> int | None:
    """How many runs start before this one (0: it is next); None where it is not waiting."""
    waiting = [queued.id for queued in waiting_runs()]
    return waiting.index(run.id) if run.id in waiting else None


def waiting_runs() -> list[Run]:
    """Queued runs in the order in which they will start."""
    queued = [(run.status, run) for run in list_runs()]
    waiting = [(status.get("queued_at", 0.0), run.id, run) for status, run in queued if status["state"] in WAITING]
    return [run for *_, run in sorted(waiting, key=lambda entry: entry[:2])]


def active_runs() -> list[Run]:
    """Runs under way, oldest first."""
    return [run for run in reversed(list_runs()) if run.state in ACTIVE]
