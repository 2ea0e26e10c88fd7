"""The run store: MLflow, fed from the runs' event files, which stay the truth.

The flusher reads each run's events from where it stopped last time and sends them on. A store that is locked, deleted
or unreachable costs nothing: the events stay in the run folder and are sent again. Only this module imports mlflow.
"""

import logging
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from filelock import FileLock, Timeout

from core import workspace
from core.errors import GraftError
from core.runs.folder import DAMAGED, ENDED, Run, list_runs
from core.tasks import METRICS

log = logging.getLogger("graft.store")

EXPERIMENT = "graft"
PAUSE = 2.0  # seconds between two rounds
BACK_OFF = 5.0  # seconds to wait after the store failed
LINGER = 60.0  # seconds without work after which the flusher leaves
STATUS = {"finished": "FINISHED", "failed": "FAILED", "stopped": "KILLED", "interrupted": "KILLED"}
BATCH = 500
HEADER = b"SQLite format 3\0"
ARTIFACT_ROOT = "_MLFLOW_SERVER_ARTIFACT_ROOT"  # where MLflow's own first experiment would keep files


def tracking_uri() -> str:
    """The MLflow store: ``MLFLOW_TRACKING_URI`` where set, else the SQLite file of the workspace, named from inside it.

    MLflow takes a path apart as an address (a ``?`` ends it, ``%20`` is decoded, and a folder of the encoded name is
    made besides), so that only a name without any folder is the same to all of its parts; see ``_enter_workspace``.
    """
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{_file().name}"


class MlflowStore:
    """The few calls of MLflow that Graft needs, with explicit run ids and no global state."""

    def __init__(self) -> None:
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # before the import, or it is too late
        os.environ["DO_NOT_TRACK"] = "true"
        if _is_local():  # else MLflow writes the folder that it is in into a command of SQL, where a ' ends the text
            os.environ[ARTIFACT_ROOT] = _artifacts()
        from mlflow import MlflowClient

        logging.getLogger("mlflow").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        uri = tracking_uri()
        self.client = MlflowClient(tracking_uri=uri)
        self.experiment = self._experiment(uri)

    def _experiment(self, uri: str) -> str:
        """Id of Graft's experiment in the store, made when missing."""
        known = self.client.get_experiment_by_name(EXPERIMENT)
        if known is not None:
            return str(known.experiment_id)
        artifacts = _artifacts() if uri.startswith("sqlite") else None
        created = str(self.client.create_experiment(EXPERIMENT, artifact_location=artifacts))
        if _is_local():
            with closing(sqlite3.connect(_file(), timeout=5)) as database, database:
                database.execute("PRAGMA journal_mode=WAL")  # readers then never wait for the writer
        return created

    def open_run(self, run: Run, known: str | None) -> tuple[str, bool]:
        """The store's id for a run, and whether it was created anew (everything must then be sent again).

        Args:
            known: the id under which the store had the run last time; None where it never did.

        Raises:
            MlflowException: when the store cannot be reached or used.
        """
        from mlflow.entities import Param
        from mlflow.exceptions import MlflowException

        if known:
            try:
                self.client.get_run(known)
                return known, False
            except MlflowException as error:
                if "RESOURCE_DOES_NOT_EXIST" not in str(error.error_code):
                    raise
        meta = run.meta
        tags = {"graft.run": run.id, "mlflow.user": "graft"}
        created = self.client.create_run(
            self.experiment, start_time=int(meta["created"] * 1000), tags=tags, run_name=meta["name"]
        )
        params = [Param(key, str(value)[:500]) for key, value in run.config.told().items()]
        self.client.log_batch(created.info.run_id, params=params)
        return str(created.info.run_id), True

    def send(self, store_id: str, events: list[dict[str, Any]]) -> None:
        """Steps and validations as metric points, ``train.loss`` or ``validation.accuracy`` for example.

        Args:
            events: as ``Run.events_from`` gives them; other kinds are left out.

        Raises:
            MlflowException: when the store cannot be reached or used.
        """
        from mlflow.entities import Metric

        points = [
            Metric(f"{prefix}{key}", float(event[key]), int(event.get("time", 0.0) * 1000), int(event["step"]))
            for event in events
            for prefix, keys in _SENT.get(event.get("event", ""), ())
            for key in keys
            if isinstance(event.get(key), int | float)
        ]
        for start in range(0, len(points), BATCH):
            self.client.log_batch(store_id, metrics=points[start : start + BATCH])

    def finish(self, store_id: str, run: Run, state: str) -> None:
        """Final metrics (``test.accuracy``), name and tags, and the state in which the run ended.

        Args:
            state: one of ``ENDED``; ``STATUS`` says what MLflow calls it.
        """
        from mlflow.entities import Metric, RunTag

        now = int(time.time() * 1000)
        result, meta = run.result or {}, run.meta
        final = {key: value for key, value in result.get("metrics", {}).items() if isinstance(value, float)}
        metrics = [Metric(f"{result.get('split', 'test')}.{key}", value, now, 0) for key, value in final.items()]
        tags = [RunTag("mlflow.runName", str(meta["name"])), RunTag("graft.tags", ", ".join(meta["tags"]))]
        self.client.log_batch(store_id, metrics=metrics, tags=tags)
        self.client.set_terminated(store_id, STATUS[state])


_SENT = {
    "step": (("train.", ("loss", "learning_rate", "tokens_per_second", "grad_norm", "memory_mib")),),
    "evaluated": (("validation.", tuple(METRICS)),),
}


def serve() -> None:
    """Carry events to the store until nothing has been pending for a while; a process of its own, so that whatever
    ails the store cannot touch training or scheduling.

    When the SQLite file is replaced or deleted under it, the process leaves (its connection would go on writing into
    the deleted file) and the scheduler starts another, which sends everything again.
    """
    _enter_workspace()
    alone = FileLock(workspace.home() / "flusher.lock", is_singleton=False)
    try:
        alone.acquire(timeout=0)
    except Timeout:
        return  # one that an earlier scheduler started is still at work: two would send what there is twice
    except OSError as error:
        log.warning("%s", workspace.storage_error(error))
        return
    try:
        _serve()
    finally:
        alone.release()


def _serve() -> None:
    """The work of the one process that feeds the store."""
    store: MlflowStore | None = None
    identity: int | None = None
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < LINGER:
        time.sleep(PAUSE)
        if store is None and set_damaged_aside():
            log.warning("the run store's file was damaged; it is kept under another name, and a new one is built")
        pending = pending_runs()
        if not pending:
            continue
        idle_since = time.monotonic()
        if store is not None and identity != _file_identity():
            log.warning("the run store's file was replaced or deleted; starting over")
            return
        try:
            store = store or MlflowStore()
            identity = _file_identity()
            for run in pending:
                _flush_alone(store, run)
        except Exception as error:  # whatever ails the store, training goes on and the events wait
            log.warning(
                "the run store is not available (%s); trying again", (str(error).splitlines() or [repr(error)])[0]
            )
            replaced = store is not None and (is_damaged() or identity != _file_identity())
            if replaced or "no such table" in str(
                error
            ):  # deleted under a write, which made an empty file in its place
                log.warning("the run store's file is damaged or another one; starting over")
                return  # MLflow keeps its connection, and makes tables only once in a process
            store = None
            time.sleep(BACK_OFF)


def _enter_workspace() -> None:
    """Work in the workspace's folder from now on, where ``tracking_uri`` finds its file."""
    os.environ["GRAFT_HOME"] = str(workspace.home())  # it may have been named from where the process was before
    os.chdir(workspace.home())


def _flush_alone(store: MlflowStore, run: Run) -> None:
    """Flush a run; what only its own folder is to blame for harms no other."""
    try:
        flush(store, run)
    except (GraftError, KeyError, TypeError, ValueError, OverflowError) as error:
        log.warning("run %s is not sent: %s", run.id, error)


def is_damaged() -> bool:
    """Whether the workspace's own store is there and is no whole SQLite file; one that is merely locked is whole."""
    if not _is_local() or _is_empty():
        return False
    if not _file().is_file():
        return True
    with _file().open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            return True
    try:
        with closing(sqlite3.connect(f"file:{quote(str(_file()))}?mode=ro", uri=True, timeout=1)) as database:
            database.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:  # locked, or out of reach
        return False
    except sqlite3.DatabaseError:
        return True
    return False


def set_damaged_aside() -> Path | None:
    """Give a damaged store another name, so that a new one can be built from the run folders; that name, if there was one."""
    if not is_damaged():
        return None
    aside = _file().with_name(f"mlflow.damaged-{time.strftime('%Y%m%d-%H%M%S')}.db")
    os.replace(_file(), aside)
    for ending in ("-wal", "-shm", "-journal"):  # they belong to the damaged file
        beside = _file().with_name(_file().name + ending)
        if beside.exists():
            os.replace(beside, aside.with_name(aside.name + ending))
    return aside


def flush(store: MlflowStore, run: Run) -> None:
    """Send what the store has not seen of one run, and remember how far it got.

    Raises:
        MlflowException: when the store cannot be reached or used; the run's cursor then stays where it was.
    """
    cursor = run.store_cursor
    state = run.state
    store_id, fresh = store.open_run(run, cursor.get("id"))
    offset = 0 if fresh else _offset(cursor)
    events, after = run.events_from(offset)
    store.send(store_id, events)
    if state in ENDED:
        store.finish(store_id, run, state)
    run.write_store_cursor({"id": store_id, "offset": after, "closed": _stamp(run) if state in ENDED else None})


def pending_runs() -> list[Run]:
    """Runs of which the store has not seen everything."""
    lost = _is_local() and (_is_empty() or is_damaged())
    return [run for run in list_runs() if _is_pending(run, lost)]


def _is_local() -> bool:
    """Whether the store is the workspace's own SQLite file."""
    return "MLFLOW_TRACKING_URI" not in os.environ


def _file() -> Path:
    return workspace.home() / "mlflow.db"


def _artifacts() -> str:
    """Address of the folder for files of runs; signs that MLflow could misread are encoded in it."""
    return workspace.folder("mlflow-artifacts").as_uri()


def _is_empty() -> bool:
    """Whether the store's file is missing or holds nothing."""
    return not _file().exists() or (_file().is_file() and not _file().stat().st_size)


def _file_identity() -> int | None:
    """Tells one store file from another of the same name."""
    return _file().stat().st_ino if _is_local() and _file().exists() else None


def _is_pending(run: Run, lost: bool) -> bool:
    """Whether the store lacks something of a run; ``lost``: the store's file is gone, so it lacks all."""
    cursor = run.store_cursor
    if run.state == DAMAGED:
        return False  # nothing can be told of it; once it is mended it is sent
    if cursor.get("closed"):
        return lost or cursor["closed"] != _stamp(run)
    if run.state in ENDED:
        return True
    size = run.events_path.stat().st_size if run.events_path.exists() else 0
    return size > _offset(cursor)


def _offset(cursor: dict[str, Any]) -> int:
    offset = cursor.get("offset")
    return offset if isinstance(offset, int) and offset > 0 else 0


def _stamp(run: Run) -> list[float]:
    """Changes whenever the end of a run, its events or its name and tags do."""
    return [
        path.stat().st_mtime if path.exists() else 0.0
        for path in (run.path / "status.json", run.path / "meta.json", run.events_path)
    ]
