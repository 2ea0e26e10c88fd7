"""The run store: MLflow, fed from the runs' event files, which stay the truth.

The flusher reads each run's events from where it stopped last time and sends them on. A store that is locked, deleted
or unreachable costs nothing: the events stay in the run folder and are sent again. Only this module imports mlflow.
"""

import logging
import os
import sqlite3
import threading
import time
from typing import Any

from core import workspace
from core.runs.folder import ENDED, Run, list_runs

log = logging.getLogger("graft.store")

EXPERIMENT = "graft"
PAUSE = 2.0  # seconds between two rounds
BACK_OFF = 20.0  # seconds to wait after the store failed
STATUS = {"finished": "FINISHED", "failed": "FAILED", "stopped": "KILLED", "interrupted": "KILLED"}
BATCH = 500


def tracking_uri() -> str:
    """The MLflow store: ``MLFLOW_TRACKING_URI`` where set, else an SQLite file in the workspace."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{workspace.home() / 'mlflow.db'}"


class MlflowStore:
    """The few calls of MLflow that Graft needs, with explicit run ids and no global state."""

    def __init__(self) -> None:
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # before the import, or it is too late
        os.environ["DO_NOT_TRACK"] = "true"
        from mlflow import MlflowClient

        logging.getLogger("mlflow").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        uri = tracking_uri()
        self.client = MlflowClient(tracking_uri=uri)
        self.experiment = self._experiment(uri)

    def _experiment(self, uri: str) -> str:
        found = self.client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        place = (workspace.folder("mlflow-artifacts")).as_uri() if uri.startswith("sqlite") else None
        created = str(self.client.create_experiment(EXPERIMENT, artifact_location=place))
        if uri.startswith("sqlite:///"):
            with sqlite3.connect(uri.removeprefix("sqlite:///"), timeout=5) as database:
                database.execute("PRAGMA journal_mode=WAL")  # readers then never wait for the writer
        return created

    def open_run(self, run: Run, known: str | None) -> tuple[str, bool]:
        """The store's id for a run, and whether it was created anew (everything must then be sent again)."""
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
        params = [Param(key, str(value)[:500]) for key, value in run.config.to_json().items()]
        self.client.log_batch(created.info.run_id, params=params)
        return str(created.info.run_id), True

    def send(self, store_id: str, events: list[dict[str, Any]]) -> None:
        """Steps and validations as metric points."""
        from mlflow.entities import Metric

        points = [
            Metric(f"{prefix}{key}", float(event[key]), int(event["time"] * 1000), int(event["step"]))
            for event in events
            for prefix, keys in _SENT.get(event.get("event", ""), ())
            for key in keys
            if isinstance(event.get(key), int | float)
        ]
        for start in range(0, len(points), BATCH):
            self.client.log_batch(store_id, metrics=points[start : start + BATCH])

    def finish(self, store_id: str, run: Run, state: str) -> None:
        """Final metrics, name and tags, and the state in which the run ended."""
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
    "evaluated": (("validation.", ("accuracy", "macro_f1", "loss")),),
}


class Flusher:
    """A thread that carries events from the run folders to the store; it never stops anything else."""

    def __init__(self) -> None:
        self.behind = False  # whether something is still to be sent
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._leave.set()
        self._thread.join(timeout=10)

    def _work(self) -> None:
        store: MlflowStore | None = None
        while not self._leave.wait(PAUSE):
            try:
                pending = [run for run in list_runs() if _is_pending(run)]
                self.behind = False
                if not pending:
                    continue
                store = store or MlflowStore()
                for run in pending:
                    flush(store, run)
            except Exception as error:  # whatever ails the store, training goes on and the events wait
                log.warning("the run store is not available (%s); trying again", error)
                store, self.behind = None, True
                self._leave.wait(BACK_OFF if not os.environ.get("GRAFT_STORE_RETRY") else 1.0)


def flush(store: MlflowStore, run: Run) -> None:
    """Send what the store has not seen of one run, and remember how far it got."""
    cursor = run.store_cursor
    state = run.state
    store_id, fresh = store.open_run(run, cursor.get("id"))
    offset = 0 if fresh else int(cursor.get("offset", 0))
    events, after = run.events_from(offset)
    store.send(store_id, events)
    if state in ENDED:
        store.finish(store_id, run, state)
    run.write_store_cursor({"id": store_id, "offset": after, "closed": _stamp(run) if state in ENDED else None})


def replay_all() -> int:
    """Send every run to the store anew where the store lacks it; returns how many runs were looked at."""
    store = MlflowStore()
    runs = list_runs()
    for run in runs:
        flush(store, run)
    return len(runs)


def _is_pending(run: Run) -> bool:
    cursor = run.store_cursor
    if cursor.get("closed"):
        lost = tracking_uri().startswith("sqlite:///") and not (workspace.home() / "mlflow.db").exists()
        return cursor["closed"] != _stamp(run) or (lost and "MLFLOW_TRACKING_URI" not in os.environ)
    if run.state in ENDED:
        return True
    size = run.events_path.stat().st_size if run.events_path.exists() else 0
    return size > int(cursor.get("offset", 0))


def _stamp(run: Run) -> list[float]:
    """Changes whenever the end of a run, its events or its name and tags do."""
    return [
        path.stat().st_mtime if path.exists() else 0.0
        for path in (run.path / "status.json", run.path / "meta.json", run.events_path)
    ]
