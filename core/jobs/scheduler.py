"""The scheduler: one process that starts queued runs, one on each device, and notices dead ones."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from core import workspace
from core.errors import ConfigError, GraftError, StorageError
from core.jobs.cluster.engine import Clusters, is_for_cluster
from core.jobs.device_sets import check_devices, choose_devices, reserved_for
from core.jobs.drivers import Drivers
from core.jobs.environment import WORKER_ENV
from core.jobs.heartbeats import Heartbeats
from core.jobs.lock import NamedLock, is_at_work
from core.jobs.process import identity, is_alive, is_here
from core.jobs.program import program_stamp
from core.jobs.successor import FOLLOWS
from core.runs.folder import ACTIVE, WAITING, Run, list_runs
from core.runs.store import pending_runs
from core.training.distributed import DEVICES

log = logging.getLogger("graft.scheduler")

LEAVING = 20.0  # seconds in which a scheduler notices that its lock was taken away, a slow look at many runs included
TICK = 0.5  # seconds between two looks at the run folders
BUSY = 3.0  # times that a look may take before the next: with many runs the scheduler leaves the processor to them
STARTING = 120.0  # seconds that a worker may take until its first heartbeat
STOP_GRACE, TERM_GRACE = 60.0, 20.0  # seconds from asking to terminating, and from there to killing
STORE_EVERY = 2.0  # seconds between two looks at what the run store lacks
CODE_EVERY = 20.0  # seconds between two looks whether the program was replaced by another version
IDLE = 900.0  # seconds without work after which the scheduler leaves; it comes back when it is needed


def ensure_scheduler() -> None:
    """Start a scheduler for this workspace unless one runs; cheap, and safe to call at the same time from anywhere.

    A workspace that cannot be written has none: nothing can be queued in it.
    """
    if os.environ.get("GRAFT_NO_SCHEDULER"):
        return
    try:
        lock = _lock()
        if not lock.take():
            return  # somebody holds it: a scheduler is there
        lock.release()
        with (workspace.home() / "scheduler.log").open("ab") as output:
            subprocess.Popen(
                [sys.executable, "-m", "core", "scheduler"], cwd=workspace.PROJECT, stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, start_new_session=True, env=os.environ | {"GRAFT_HOME": str(workspace.home())},
            )  # fmt: skip
    except (OSError, StorageError) as error:
        log.warning("no scheduler can be started: %s", error)


def serve() -> None:
    """Run the scheduler until there has been nothing to do for a while; returns at once where one runs already.

    Where the lock's file was removed under a scheduler, that one is still alive although the lock is free: it is given
    time to notice and leave, and while it does not, no second one serves.
    """
    lock, program = _lock(), program_stamp()
    if not lock.take(2):
        return
    try:
        if not _alone():
            log.warning("another scheduler is still at work here, although its lock is gone; leaving it to it")
            return
        workspace.write_json(_who(), identity())
        log.info("scheduler %d serves %s", os.getpid(), workspace.home())
        updated = Scheduler(lock, program).run(float(os.environ.get("GRAFT_SCHEDULER_IDLE", IDLE)))
    finally:
        lock.release()
    if updated:
        ensure_scheduler()


def _alone() -> bool:
    """Whether no earlier scheduler of this workspace is alive, after waiting for it to leave."""
    until = time.monotonic() + LEAVING
    while is_alive(workspace.read_json(_who())):
        if time.monotonic() > until:
            return False
        time.sleep(TICK)
    return True


def _who() -> Path:
    """The file that says which process is the scheduler."""
    return workspace.home() / "scheduler.json"


def silence() -> tuple[int, float] | None:
    """Pid of this workspace's scheduler and the seconds since it last looked at the runs; None where none is alive."""
    who = workspace.read_json(_who())
    if who is None or not is_alive(who):
        return None
    try:
        return int(who["pid"]), time.time() - _who().stat().st_mtime
    except OSError:
        return None


class Scheduler:
    """Looks at the run folders again and again; it keeps nothing that a restart could lose."""

    def __init__(self, lock: NamedLock | None = None, program: str = "") -> None:
        """
        Args:
            program: stamp of the program with which this process began; by default that of now.
        """
        self._program = program or program_stamp()
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = lock
        self._beats = Heartbeats()
        self._pressed: dict[str, float] = {}  # run -> when its stop was first seen; clocks may be set meanwhile
        self._complaints: dict[str, str] = {}  # run -> what went wrong with it, told once
        self._flusher: subprocess.Popen[bytes] | None = None
        self._store_looked = 0.0
        self._devices: tuple[str, ...] = ()
        self._drivers = Drivers()
        self._clusters = Clusters()

    def run(self, idle: float) -> bool:
        """Look until there has been nothing to do for ``idle`` seconds, or the lock has been taken away, or the program was updated.

        Returns:
            whether it was updated: an older scheduler could not read runs with settings that it does not know.
        """
        last_work = looked = time.monotonic()
        while (began := time.monotonic()) - last_work < idle:
            if self._is_deposed():
                log.warning("scheduler %d leaves: its lock was removed or belongs to another", os.getpid())
                return False
            if time.monotonic() - looked > CODE_EVERY:
                looked = time.monotonic()
                if program_stamp() != self._program:
                    log.info("scheduler %d leaves: the program was updated, and a new one takes its place", os.getpid())
                    return True
            with suppress(OSError):  # a sign of life, for those who wait
                os.utime(_who())
            try:
                busy = self.tick() | self._feed_store() | self._drivers.look()
            except Exception:  # whatever it is, the next look may work
                log.exception("a look at the runs failed; trying again")
                busy = True
                time.sleep(5)
            if busy:
                last_work = time.monotonic()
            time.sleep(max(TICK, BUSY * (time.monotonic() - began)))
        return False

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
        waiting.sort(key=lambda pair: (pair[1].get("queued_at") or 0.0, pair[0].id))
        damaged = [
            (run, status) for run, status in runs if status.get("was") in ACTIVE and is_alive(status.get("process"))
        ]
        elsewhere = [[run for run, _ in pairs if is_for_cluster(run)] for pairs in (active, waiting)]
        self._clusters.hand(*elsewhere)
        here = [[(run, status) for run, status in pairs if not is_for_cluster(run)] for pairs in (active, waiting)]
        self._look_after(here[0])
        for run, _ in here[1]:
            if run.stop_asked():
                with self._alone_with(run):
                    run.write_status(state="stopped", ended_at=time.time())
                    run.clear_stop()
        self._start_next(here[0] + damaged, here[1])
        return bool(active or waiting)

    def _look_after(self, active: list[tuple[Run, Any]]) -> None:
        """Bury the dead of this machine's runs, and carry out stops."""
        for run, status in active:
            with self._alone_with(run):
                if self._is_dead(run, status):
                    self._bury(run, status)
                elif status["state"] == "stopping":
                    self._press(run, status)

    def _is_deposed(self) -> bool:
        return self._lock is not None and not self._lock.is_mine()

    @contextmanager
    def _alone_with(self, run: Run) -> Iterator[None]:
        """What goes wrong with one run is logged, once, and harms no other."""
        try:
            yield
        except Exception as error:
            if self._complaints.get(run.id) != str(error):
                self._complaints[run.id] = str(error)
                log.exception("run %s: %s", run.id, error)

    def _start_next(self, active: list[tuple[Run, Any]], waiting: list[tuple[Run, Any]]) -> None:
        """Start the waiting runs for which their devices are free, in their order."""
        if not waiting:
            return
        taken = {device for run, status in active if _holds_devices(run) for device in _devices_of(status)}
        for run, _ in waiting:
            with self._alone_with(run):
                if run.state in WAITING and not self._is_deposed():
                    taken |= self._start_on_free(run, taken)

    def _start_on_free(self, run: Run, taken: set[str]) -> set[str]:
        """Start a run where its devices are free; those that others must leave to it from now on."""
        if not self._devices:
            from core.training.devices import list_devices

            self._devices = tuple(device.name for device in list_devices())
        config = run.config
        try:
            check_devices(config, self._devices)
            devices = choose_devices(config, self._devices, taken)
            if devices is None:
                return set(reserved_for(config, self._devices))
            self._start(run, devices)
        except ConfigError as error:
            _fail(run, error)
            return set()
        except (OSError, GraftError) as error:
            _fail(run, error if isinstance(error, GraftError) else workspace.storage_error(error))
            raise
        return set(devices)

    def _start(self, run: Run, devices: tuple[str, ...]) -> None:
        """Start the worker of a run in a session of its own, its output in the run's log."""
        attempt = int(run.status.get("attempt") or 0) + 1
        run.write_status(
            state="starting", device=devices[0], devices=list(devices), attempt=attempt, error=None, process=None,
            spawned_at=time.time(), heartbeat=None, eta_seconds=None, ended_at=None, **{FOLLOWS: None},
        )  # fmt: skip
        with run.log_path.open("ab") as output:
            self.children[run.id] = subprocess.Popen(
                worker_command(run), cwd=workspace.PROJECT, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                start_new_session=True, env=WORKER_ENV | os.environ | {DEVICES: ",".join(devices)},
            )  # fmt: skip
        log.info("run %s starts on %s, attempt %d", run.id, ", ".join(devices), attempt)

    def _is_dead(self, run: Run, status: dict[str, Any]) -> bool:
        """Whether the worker that the status names is gone; on another machine its heartbeat has to tell.

        Who holds the lock of the run's folder is at work, whatever the clocks say.
        """
        who, child = status.get("process"), self.children.get(run.id)
        if who is not None and not is_here(who):
            return self._beats.is_silent(run.id, status.get("heartbeat"))
        if child is not None and child.poll() is None:
            return False
        if who is None:
            late = child is not None or abs(time.time() - (status.get("spawned_at") or 0.0)) > STARTING
            return late and not is_at_work(run)
        return not is_alive(who) and not is_at_work(run)

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
        since = time.monotonic() - self._pressed.setdefault(f"{run.id} {run.stop_asked_at()}", time.monotonic())
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


def _lock() -> NamedLock:
    """Held by the one scheduler of this workspace."""
    return NamedLock(workspace.home() / "scheduler.lock")


def _holds_devices(run: Run) -> bool:
    status = run.status
    return status["state"] in ACTIVE or status.get("was") in ACTIVE


def _devices_of(status: dict[str, Any]) -> list[str]:
    """Devices that a run under way holds; statuses of earlier versions name the first alone."""
    return list(status.get("devices") or [status.get("device") or ""])


def _fail(run: Run, error: GraftError) -> None:
    """A run that cannot be started, and why."""
    run.write_status(
        state="failed", error={"message": error.message, "hint": error.hint}, ended_at=time.time(), process=None
    )
