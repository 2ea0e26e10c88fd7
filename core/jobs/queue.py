"""The queue: runs wait in their folders in state *queued*, so that no crash can lose one."""

import time
from collections.abc import Sequence
from functools import lru_cache

from core.config import ADAPT_OWN, HERE, RunConfig
from core.data.sets.apart import learnable
from core.data.sets.store import DataSet, get_dataset
from core.data.sets.versions import origin_of
from core.errors import ConfigError, RunError
from core.jobs.cluster.engine import WAITS
from core.jobs.cluster.known import get_cluster
from core.jobs.cluster.state import trouble_of
from core.jobs.device_sets import check_devices
from core.jobs.lock import is_at_work
from core.jobs.scheduler import ensure_scheduler, silence
from core.models.reach import require_source_of, with_commit
from core.runs.folder import ACTIVE, DAMAGED, WAITING, Run, create_run, default_name, list_runs
from core.runs.ties import StudyTie
from core.tasks import check_settings, task_of

HANGS = (
    30.0  # seconds without a look at the queue; a look takes half a second, the first one some more for its libraries
)


def submit(
    config: RunConfig,
    name: str | None = None,
    tags: tuple[str, ...] = (),
    choice: str = "",
    study: StudyTie | None = None,
) -> Run:
    """Queue a run and make sure that a scheduler is there to start it.

    Args:
        choice: why this way to transfer was chosen, where it was chosen by itself; kept with the run.
        study: what asks for the run, where a study does.

    Raises:
        ConfigError: when a setting has no meaning for the answers of this data set, or asks for more cards than there are.
        SourceError: when the source is neither here nor can be downloaded: the run could only fail.
        RunError: when the name is too long.
    """
    dataset = check(config)
    config = with_commit(config)
    run = create_run(
        config,
        name or default_name(config, dataset.size("train")),
        tags,
        choice=choice,
        study=study.to_json() if study else None,
    )
    ensure_scheduler()
    return run


def check(config: RunConfig) -> DataSet:
    """The run's set, where the run can be queued as asked.

    Raises:
        GraftError: as ``submit``.
    """
    dataset = get_dataset(config.dataset)
    check_settings(config, task_of(dataset.task))
    check_tasks([get_dataset(name) for name in config.tasks], config)
    _check_rows_left(config)
    for name in config.read:
        get_dataset(name)
    _check_texts_left(config, dataset)
    if config.engine != HERE:
        get_cluster(config.engine)
    elif config.processes > 1 and config.device != "cpu":
        from core.training.devices import list_devices

        check_devices(config, [device.name for device in list_devices()])
    require_source_of(config)
    return dataset


def _check_rows_left(config: RunConfig) -> None:
    """Refuse sets of which no row is left once those are out that measure another."""
    if config.apart_from:
        asked = [config.about(name) if config.beside else config for name in config.tasks or (config.dataset,)]
        prints = tuple(get_dataset(name).fingerprint for name in (config.dataset, *config.apart_from))
        _rows_left(tuple((one.dataset, one.apart_from) for one in asked), config.domains, prints)


@lru_cache(maxsize=64)  # a study asks the same for each of its runs
def _rows_left(
    asked: tuple[tuple[str, tuple[str, ...]], ...], domains: str | None, fingerprints: tuple[str, ...]
) -> None:
    for name, apart in asked:
        dataset = get_dataset(name)
        frame = dataset.frame()
        for part in ("train", "validation"):
            learnable(frame, dataset, part, domains, apart)


def _check_texts_left(config: RunConfig, dataset: DataSet) -> None:
    """Refuse to label training rows of the set by itself where all of them are learnt from with their labels."""
    drawn = config.domains is not None or (config.train_size or dataset.size("train")) < dataset.size("train")
    if config.self_train == ADAPT_OWN and not drawn:
        raise ConfigError(
            f"self_train is {ADAPT_OWN!r}, and all {dataset.size('train'):,} training rows of {dataset.name!r} are learnt from with "
            "their labels.",
            "Take fewer of them (train_size), or name another set.",
        )


def check_tasks(sets: Sequence[DataSet], config: RunConfig) -> None:
    """Refuse sets that cannot be learnt at once; two versions of one set would teach each what judges the other.

    Raises:
        GraftError: naming the set and what is wrong with it.
    """
    origins: dict[str, DataSet] = {}
    for one in sets:
        _check_task(one, config)
        if twin := origins.get(origin_of(one)):
            raise ConfigError(
                f"The sets {twin.id!r} and {one.id!r} are versions of one.",
                "Learn one of them: rows that judge one may teach in the other.",
            )
        origins[origin_of(one)] = one


def _check_task(other: DataSet, config: RunConfig) -> None:
    """Refuse a set that cannot be learnt beside another.

    Raises:
        GraftError: naming it and what it lacks.
    """
    needed = {
        "labels": other.task != "unlabelled",
        "validation rows": other.size("validation"),
        "training rows": other.size("train"),
    }
    for lacking, there in needed.items():
        if not there:
            raise ConfigError(
                f"The set {other.name!r} has no {lacking}, and is to be learnt beside another.", "Leave it out."
            )
    check_settings(config, task_of(other.task))


def stop(run: Run) -> None:
    """Ask a queued or active run to stop; the worker saves a checkpoint first.

    Raises:
        RunError: when the run has already ended.
    """
    status = run.status
    if status["state"] == DAMAGED:
        raise RunError(status["error"]["message"], status["error"]["hint"])
    if status["state"] not in (*WAITING, *ACTIVE):
        raise RunError(f"Run {run.name} is already {status['state']}.", "Only queued or running runs can be stopped.")
    run.ask_stop()
    ensure_scheduler()


def resume(run: Run) -> None:
    """Queue a stopped, interrupted or failed run again; it goes on from its last checkpoint.

    Raises:
        RunError: when the run is under way or finished.
        SourceError: when its source is neither here nor can be downloaded.
    """
    status = run.status
    if not run.resumable:
        if status["state"] == DAMAGED:
            raise RunError(status["error"]["message"], status["error"]["hint"])
        raise RunError(
            f"Run {run.name} is {status['state']}.", "Only stopped, interrupted or failed runs can be resumed."
        )
    if is_at_work(run):
        raise RunError(f"The worker of run {run.name} is still at work.", "Wait a moment, or stop the run first.")
    require_source_of(run.config)
    run.clear_stop()
    run.write_status(state="queued", queued_at=time.time(), error=None, process=None)
    ensure_scheduler()


def position(run: Run) -> int | None:
    """How many runs start before this one in the same place (0: it is next); None where it is not waiting."""
    waiting = [
        queued.id for queued in waiting_runs() if run.state in WAITING and queued.config.engine == run.config.engine
    ]
    return waiting.index(run.id) if run.id in waiting else None


def held_up(run: Run) -> str:
    """Why a run that is wanted does not go on although it may be its turn; empty where all is as it should be."""
    status = run.status
    state = status["state"]
    if state not in (*WAITING, *ACTIVE):
        return ""
    if run.config.engine != HERE:
        told = trouble_of(run.config.engine) or (str(status.get(WAITS) or "") if state == "starting" else "")
        if told:
            return told
    return _scheduler_hangs() if state in WAITING else ""


def _scheduler_hangs() -> str:
    found = silence()
    if found is None or found[1] < HANGS:
        return ""
    pid, seconds = found
    return (
        f"The scheduler has not looked at the queue for {seconds:,.0f} seconds: its process {pid} is paused or hangs. Runs start "
        "when it goes on; if it does not, end that process and another takes its place."
    )


def waiting_runs() -> list[Run]:
    """Queued runs in the order in which they will start."""
    queued = [(run.status, run) for run in list_runs()]
    waiting = [(status.get("queued_at") or 0.0, run.id, run) for status, run in queued if status["state"] in WAITING]
    return [run for *_, run in sorted(waiting, key=lambda entry: entry[:2])]


def active_runs() -> list[Run]:
    """Runs under way, oldest first."""
    return [run for run in reversed(list_runs()) if run.state in ACTIVE]
