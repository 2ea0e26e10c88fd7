"""What a worker writes while it works: status with a heartbeat, and one line for each event."""

import json
import logging
import math
import os
import threading
import time
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

import psutil

from core import workspace
from core.errors import RunError, StorageError
from core.jobs.lock import NamedLock
from core.jobs.process import identity
from core.jobs.waiting import Waiting, share_waited
from core.runs.folder import Run
from core.workspace import writing

log = logging.getLogger("graft.worker")

HEARTBEAT = 2.0  # seconds between two signs of life
SMOOTH = 0.3  # weight of the newest look at how long the process waits for a core
FITTING = ("encoding", "training", "validating")  # phases whose speed is remembered
GONE = 4  # exit code of a worker whose run was deleted
QUIET = 0.5  # seconds between two writes of the status for mere progress


class Reporter:
    """The only writer of a run's status and events while its worker lives."""

    def __init__(self, run: Run, lock: NamedLock | None = None):
        self.run, self._hold = run, lock
        self.status: dict[str, Any] = dict(run.status) | {"process": identity()}
        self.process = psutil.Process()
        self._waiting = Waiting()
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._written = 0.0
        self._events = _open_for_append(run)
        self._beat = threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True)

    def __enter__(self) -> "Reporter":
        self.update(now=True)
        self._beat.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._done.set()
        self._beat.join()
        with suppress(OSError):  # what a full disk still holds back was told already
            self._events.close()

    def check_there(self) -> None:
        """Before anything is written: a folder that was deleted must not come back in parts.

        Raises:
            RunError: when the run's folder is gone.
        """
        if self._hold is not None and not self._hold.is_mine():
            raise RunError(f"The folder of run {self.run.id} was deleted or replaced.", "Start a new run.")
        now = workspace.read_json(self.run.path / "status.json")
        if isinstance(now, dict) and (now.get("attempt") or 0) > (self.status.get("attempt") or 0):
            raise RunError(f"Run {self.run.id} goes on elsewhere, as attempt {now['attempt']}.", "Nothing is lost.")

    def event(self, value: dict[str, Any]) -> None:
        """Append one event with the time; numbers that JSON cannot hold become null rather than a broken line."""
        line = json.dumps({"time": time.time()} | _finite(value), ensure_ascii=False)
        with writing(self.run.events_path):
            self._events.write(line + "\n")
            self._events.flush()

    def update(self, now: bool = False, **changes: Any) -> None:
        """Change the status; it reaches the disk at once with ``now``, else with the next write that is due."""
        with self._lock:
            self.status |= _finite(changes)
            if now:
                self._write()
            elif time.monotonic() - self._written > QUIET:
                with suppress(StorageError):  # a full disk may have room again before it matters
                    self._write()

    def end(self, state: str, error: dict[str, str] | None = None) -> None:
        """Write the last word of this attempt: the state in which the run ended, and why."""
        self.event({"event": "ended", "state": state} | ({"error": error} if error else {}))
        self._done.set()
        whole = {"progress": 1.0} if state == "finished" else {}
        self.update(now=True, state=state, error=error, ended_at=time.time(), eta_seconds=None, **whole)

    def _write(self) -> None:
        """Put the status on disk with a sign of life; the caller holds the lock."""
        self.check_there()
        self.status["heartbeat"] = time.time()
        self.run.write_status(**self.status)
        self._written = time.monotonic()

    def _keep_beating(self) -> None:
        """Write the status again and again, so that a silent worker is known to be dead.

        Where the run's folder is gone nothing can be kept of it: the process ends, wherever it is in its work.
        """
        self.process.cpu_percent()
        while not self._done.wait(HEARTBEAT):
            with self._lock:
                if self._done.is_set():
                    continue
                self.status |= self._load() | self._waited()
                try:
                    self._write()
                except StorageError as error:
                    log.warning("%s", error)
                except RunError as error:
                    log.error("%s", error)
                    logging.shutdown()
                    os._exit(GONE)

    def _load(self) -> dict[str, Any]:
        """``memory_mib`` now and at its peak, and ``device_load`` in per cent."""
        memory = self.process.memory_info().rss // 2**20
        device = str(self.status.get("device", "cpu"))
        load: dict[str, Any] = {"memory_mib": memory}
        if device.startswith("cuda"):
            load |= _cuda_load(device)
        else:
            load["device_load"] = round(self.process.cpu_percent() / (psutil.cpu_count() or 1), 1)
        load["peak_memory_mib"] = max(load["memory_mib"], self.status.get("peak_memory_mib") or 0)
        return load

    def _waited(self) -> dict[str, Any]:
        """``waited`` (0..1), how much of its time the process now waits for a core that others hold, and ``fitting``:
        seconds that it ran and waited in the training, all attempts together."""
        ran, waited = self._waiting.since_last()
        share, known = share_waited(ran, waited), self.status.get("waited")
        smooth = share if known is None else SMOOTH * share + (1 - SMOOTH) * known
        fitting = self.status.get("fitting") or {"ran": 0.0, "waited": 0.0}
        if self.status.get("phase") in FITTING:
            fitting = {"ran": round(fitting["ran"] + ran, 2), "waited": round(fitting["waited"] + waited, 2)}
        return {"waited": round(smooth, 3), "fitting": fitting}


class Silent:
    """Takes what a reporter takes and writes nothing: for processes that only lend a hand."""

    def __init__(self, run: Run):
        self.status: dict[str, Any] = dict(run.status)

    def check_there(self) -> None:
        """Nothing: it writes nothing."""

    def event(self, value: dict[str, Any]) -> None:
        """Nothing."""

    def update(self, now: bool = False, **changes: Any) -> None:
        """Remember the changes."""
        self.status |= changes


def _cuda_load(device: str) -> dict[str, Any]:
    """What a card holds for this process, and how busy it is."""
    import torch

    load: dict[str, Any] = {"memory_mib": torch.cuda.max_memory_reserved(device) // 2**20}
    try:
        load["device_load"] = float(torch.cuda.utilization(device))
    except (
        Exception
    ):  # needs nvidia-ml-py, whose faults (a divided card, WSL) share no kind; the load is then not shown
        load["device_load"] = None
    return load


def _open_for_append(run: Run) -> TextIOWrapper:
    """The event file, on a fresh line even where an earlier worker died in the middle of one."""
    path = run.events_path
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    file = path.open("a", encoding="utf-8")
    if torn:
        file.write("\n")
    return file


def _finite(value: Any) -> Any:
    """``value`` with NaN and infinities as None, which JSON can hold."""
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
