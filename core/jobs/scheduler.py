"""The scheduler: one process that starts queued runs, one on each device, and notices dead ones."""

import logging
import os
import signal
import subprocess
import sys
import time
from typing import Any

import psutil
from filelock import FileLock, Timeout

from core import workspace
from core.jobs.process import is_alive, is_here
from core.runs.folder import ACTIVE, WAITING, Run, list_runs
from core.runs.store import pending_runs

log = logging.getLogger("graft.scheduler")

TICK = 0.5  # seconds between two looks at the run folders
SILENCE = 60.0  # seconds without a heartbeat after which a run on another machine counts as dead
STARTING = 120.0  # seconds that a worker may take until its first heartbeat
STOP_GRACE, TERM_GRACE = 60.0, 20.0  # seconds from asking to terminating, and from there to killing
STORE_EVERY = 2.0  # seconds between two looks at what the run store lacks
IDLE = 900.0  # seconds without work after which the scheduler leaves; it comes back when it is needed

# glibc otherwise hands freed memory back to the system after each step, which costs a third of the speed on a CPU
WORKER_ENV = {
    "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_TOP_PAD_": "268435456",
    "TOKENIZERS_PARALLELISM": "true", "PYTHONUNBUFFERED": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
}  # fmt: skip


def ensure_scheduler() -> None:
    """Start a scheduler for this workspace unless one runs; cheap, and safe to call at the same time from anywhere."""
    if os.environ.get("GRAFT_NO_SCHEDULER"):
        return
    lock = _lock()
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return  # somebody holds it: a scheduler is there
    lock.release()
    with (workspace.home() / "scheduler.log").open("ab") as output:
        subprocess.Popen(
            [sys.executable, "-m", "core", "scheduler"], cwd=workspace.PROJECT, stdout=output, stderr=output,
            stdin=subprocess.DEVNULL, start_new_session=True, env=os.environ | {"GRAFT_HOME": str(workspace.home())},
        )  # fmt: skip


def serve() -> None:
    """Run the scheduler until there has been nothing to do for a while; returns at once where one runs already."""
    try:
        lock = _lock()
        lock.acquire(timeout=2)
    except Timeout:
        return
    with lock:
        log.info("scheduler %d serves %s", os.getpid(), workspace.home())
        Scheduler().run(float(os.environ.get("GRAFT_SCHEDULER_IDLE", IDLE)))


class Scheduler:
    """Looks at the run folders again and again; it keeps nothing that a restart could lose."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._flusher: subprocess.Popen[bytes] | None = None
        self._store_looked = 0.0
        self._devices: tuple[str, ...] = ()

    def run(self, idle: float) -> None:
        """Look until there has been nothing to do for ``idle`` seconds."""
        last_work = time.monotonic()
        while time.monotonic() - last_work < idle:
            try:
                busy = self.tick() | self._feed_store()
            except Exception:  # one broken run folder must not stop the others
                log.exception("a look at the runs failed; trying again")
                busy = True
                time.sleep(5)
            if busy:
                last_work = time.monotonic()
            time.sleep(TICK)

    def _feed_store(self) -> bool:
        """Keep a flusher alive while the run store lacks something; True while it does."""
        if time.monotonic() - self._store_looked < STORE_EVERY:
            return False
        self._store_looked = time.monotonic()
        if not pending_runs():
            return False
        if self._flusher is None or self._flusher.poll() is not None:
            with (workspace.home() / "scheduler.log").open("ab") as output:
                self._flusher = subprocess.Popen(
                    [sys.executable, "-m", "core", "flusher"], cwd=workspace.PROJECT, stdout=output, stderr=output,
                    stdin=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
        return True

    def tick(self) -> bool:
        """One look: bury the dead, carry out stops, start what can start; True while anything waits or works."""
        for child in self.children.values():
            child.poll()
        runs = [(run, run.status) for run in list_runs()]
        active = [(run, status) for run, status in runs if status["state"] in ACTIVE]
        waiting = [(run, status) for run, status in runs if status["state"] in WAITING]
        for run, status in active:
            if self._is_dead(run, status):
                self._bury(run, status)
            elif status["state"] == "stopping":
                self._press(run, status)
        for run, _ in waiting:
            if run.stop_asked():
                run.write_status(state="stopped", ended_at=time.time())
                run.clear_stop()
        self._start_next(active, waiting)
        return bool(active or waiting)

    def _start_next(self, active: list[tuple[Run, Any]], waiting: list[tuple[Run, Any]]) -> None:
        """Start the waiting runs for which a device is free, the longest waiting first."""
        if not waiting:
            return
        taken = {status.get("device", "") for run, status in active if run.state in ACTIVE}
        for run, _ in sorted(waiting, key=lambda pair: (pair[1].get("queued_at", 0.0), pair[0].id)):
            if run.state not in WAITING:
                continue
            device = self._free_device(run.config.device, taken)
            if device:
                taken.add(device)
                self._start(run, device)

    def _free_device(self, wanted: str, taken: set[str]) -> str | None:
        """A device that fits and is free; an unknown one is passed on, so that the worker can say what is wrong."""
        if not self._devices:
            from core.training.devices import list_devices

            self._devices = tuple(device.name for device in list_devices())
        if wanted == "auto":
            # with a GPU present the CPU is not a substitute: it would be found busy for hours
            candidates = [name for name in self._devices if name != "cpu"] or ["cpu"]
        else:
            candidates = ["cuda:0" if wanted == "cuda" else wanted]
        return next((name for name in candidates if name not in taken), None)

    def _start(self, run: Run, device: str) -> None:
        """Start the worker of a run in a session of its own, its output in the run's log."""
        attempt = int(run.status.get("attempt") or 0) + 1
        run.write_status(
            state="starting", device=device, attempt=attempt, error=None, process=None, spawned_at=time.time(),
            heartbeat=None, eta_seconds=None, ended_at=None,
        )  # fmt: skip
        with run.log_path.open("ab") as output:
            self.children[run.id] = subprocess.Popen(
                worker_command(run), cwd=workspace.PROJECT, stdout=output,
                stderr=output, stdin=subprocess.DEVNULL, start_new_session=True, env=WORKER_ENV | os.environ,
            )  # fmt: skip
        log.info("run %s starts on %s, attempt %d", run.id, device, attempt)

    def _is_dead(self, run: Run, status: dict[str, Any]) -> bool:
        """Whether the worker that the status names is gone; on another machine its heartbeat has to tell."""
        who = status.get("process")
        if who is None:
            child = self.children.get(run.id)
            ended = child is not None and child.poll() is not None
            return ended or time.time() - (status.get("spawned_at") or 0.0) > STARTING
        if is_here(who):
            return not is_alive(who)
        return time.time() - (status.get("heartbeat") or 0.0) > SILENCE

    def _bury(self, run: Run, status: dict[str, Any]) -> None:
        """Write the end that a dead worker could not write: stopped where that was asked for, else interrupted."""
        now = run.status  # it may have ended properly since we looked
        if now["state"] not in ACTIVE or now.get("process") != status.get("process"):
            return
        wanted = run.stop_asked()
        error = None if wanted else {
            "message": "The worker process ended without a word: it was killed, or the machine went down.",
            "hint": "Resume the run: it goes on from its last checkpoint.",
        }  # fmt: skip
        run.write_status(state="stopped" if wanted else "interrupted", error=error, ended_at=time.time())
        run.clear_stop()
        log.warning("run %s is %s: its worker is gone", run.id, run.state)

    def _press(self, run: Run, status: dict[str, Any]) -> None:
        """A stop that is not obeyed becomes SIGTERM, then SIGKILL."""
        since = time.time() - (run.stop_asked_at() or time.time())
        who = status.get("process")
        if since < STOP_GRACE or not is_alive(who):
            return
        try:
            process = psutil.Process(who["pid"])  # type: ignore[index]
            process.send_signal(signal.SIGKILL if since > STOP_GRACE + TERM_GRACE else signal.SIGTERM)
        except psutil.NoSuchProcess:
            return


def worker_command(run: Run) -> list[str]:
    """What carries a run out: one worker, or with torchrun as many as its config asks for."""
    processes = run.config.processes
    many = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"] if processes > 1 else []
    return [sys.executable, *many, "-m", "core", "worker", str(run.path)]


def _lock() -> FileLock:
    """Held by the one scheduler of this workspace."""
    return FileLock(workspace.home() / "scheduler.lock", is_singleton=False)
