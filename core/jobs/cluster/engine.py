"""The queue's hand on a cluster: it submits runs as jobs, follows them, and sends what was lost once more.

The run folders stay the truth. A job's id is the run's with the attempt, and the attempt is written down before the job is asked for:
whoever is killed in between asks for the same job again, and Ray knows no job twice.
"""

import logging
import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from core import workspace
from core.config import HERE
from core.errors import GraftError
from core.jobs.cluster.api import OVER, PENDING, Api, Asked, ClusterError, Job, Node
from core.jobs.cluster.arrival import EXPECTED, code_digest
from core.jobs.cluster.asks import asked_for
from core.jobs.cluster.known import KnownCluster, get_cluster
from core.jobs.cluster.spread import CARDS
from core.jobs.cluster.state import write_state
from core.jobs.environment import WORKER_ENV
from core.jobs.heartbeats import Heartbeats
from core.jobs.process import is_alive, is_same_machine
from core.jobs.successor import FOLLOWS
from core.runs.folder import ACTIVE, WAITING, Run
from core.training.devices import CORES

log = logging.getLogger("graft.scheduler")

EVERY = 2.0  # seconds between two looks at a cluster
LEAVING = 60  # seconds that Ray gives a worker from SIGTERM to SIGKILL: enough for a checkpoint
STOP_GRACE = 60.0  # seconds that a worker has to see the mark of a stop before Ray is asked to end it
MOST_PENDING = 16  # jobs that wait at the cluster at once; the others wait here, where they can be put in another order
MOST_LOSSES = 4  # times that a run may be lost without a step forward
NODES_EVERY = 10.0  # seconds between two looks at the nodes
JOB = "job"  # in a status: the job's id
WAITS = "waits"  # in a status: what a submitted run waits for
LOST = "lost"  # in a status: {"times", "step"} of losses in a row without progress


class Clusters:
    """A thread for each cluster that has runs, so that one which does not answer holds up nothing else."""

    def __init__(self) -> None:
        self._queues: dict[str, _Thread] = {}

    def hand(self, active: Sequence[Run], waiting: Sequence[Run]) -> None:
        """Tell of all runs that are for clusters, those that wait in the order in which they are to start."""
        by_address: dict[str, tuple[list[Run], list[Run]]] = {}
        for place, runs in enumerate((active, waiting)):
            for run in runs:
                by_address.setdefault(run.config.engine, ([], []))[place].append(run)
        for address in {*by_address, *self._queues}:
            queue = self._queues.get(address)
            if queue is None or not queue.is_alive():
                queue = self._queues[address] = _Thread(address)
                queue.start()
            queue.runs = by_address.get(address, ([], []))


class _Thread(threading.Thread):
    def __init__(self, address: str):
        super().__init__(name=f"cluster {address}", daemon=True)
        self.runs: tuple[list[Run], list[Run]] = ([], [])
        self._queue = ClusterQueue(address)

    def run(self) -> None:
        """Look again and again, as long as the process lives."""
        while True:
            active, waiting = self.runs
            if active or waiting:
                self._queue.look(active, waiting)
            time.sleep(EVERY)


class ClusterQueue:
    """What is known of the runs on one cluster; nothing that a restart could lose.

    Args:
        address: as the runs' configs have it.
    """

    def __init__(self, address: str):
        self.address = address
        self._beats = Heartbeats()
        self._pressed: dict[str, float] = {}  # run and time of its stop -> when that was first seen
        self._stopped: set[str] = set()  # jobs that Ray was asked to end
        self._nodes: list[Node] = []
        self._nodes_looked = -NODES_EVERY
        self._trouble = ""

    def look(self, active: Sequence[Run], waiting: Sequence[Run]) -> None:
        """One look: follow what is under way, carry out stops, and submit what can be."""
        for run in waiting:
            if run.state in WAITING and run.stop_asked():
                _end(run, "stopped")
        try:
            cluster = get_cluster(self.address)
            api = cluster.api()
            jobs = api.jobs()
            self._see_nodes(api)
        except GraftError as error:
            self._say(str(error))
            for run in active:
                self._guarded(self._without_cluster, run)
            return
        self._say("")
        for run in active:
            self._guarded(self._follow, run, cluster, api, jobs)
        self._tidy(api, jobs)
        pending = sum(job.state == PENDING for job in jobs.values())
        for run in waiting:
            if pending >= MOST_PENDING:
                break
            if run.state in WAITING:
                pending += 1
                self._guarded(self._submit, run, cluster, api)

    def _guarded(self, act: Callable[..., Any], run: Run, *rest: Any) -> None:
        """What goes wrong with one run harms no other."""
        try:
            act(run, *rest)
        except Exception as error:
            log.error("run %s on %s: %s", run.id, self.address, error, exc_info=not isinstance(error, GraftError))

    def _say(self, trouble: str) -> None:
        """Leave word for the pages and for those who wait of how the cluster is."""
        if trouble != self._trouble:
            (log.warning if trouble else log.info)("cluster %s: %s", self.address, trouble or "answers")
        self._trouble = trouble
        with suppress(GraftError):
            write_state(self.address, trouble)

    def _tidy(self, api: Api, jobs: dict[str, Job]) -> None:
        """Take the jobs of runs that have ended off the cluster's list, which is read again and again."""
        for job in jobs.values():
            run = Run(job.id.rpartition("-")[0], workspace.home() / "runs" / job.id.rpartition("-")[0])
            if job.state in OVER and run.path.is_dir() and run.state not in ACTIVE:
                with suppress(ClusterError):
                    api.forget(job.id)

    def _see_nodes(self, api: Api) -> None:
        if time.monotonic() - self._nodes_looked > NODES_EVERY:
            self._nodes, self._nodes_looked = api.nodes(), time.monotonic()

    # --- a run under way ------------------------------------------------------------------------------------------
    def _follow(self, run: Run, cluster: KnownCluster, api: Api, jobs: dict[str, Job]) -> None:
        status = run.status
        if status["state"] not in ACTIVE:
            return
        job = jobs.get(str(status.get(JOB)))
        began = status.get("process") is not None
        if status["state"] == "stopping" and self._press(run, status, job, api):
            return
        if began:
            if self._is_gone(run, status) and (job is None or job.state in OVER):
                self._lost(run, api, job)
            return
        if job is None:  # it was written down and not asked for, or the cluster was started anew
            self._ask(run, cluster, api)
        elif job.state in OVER:
            self._could_not_start(run, api, job)
        else:
            self._note(run, status, job)

    def _is_gone(self, run: Run, status: dict[str, Any]) -> bool:
        """Whether the worker that the status names gives no sign of life any more."""
        who = status["process"]
        if is_same_machine(who):
            return not is_alive(who)
        return self._beats.is_silent(str(status.get(JOB)), status.get("heartbeat"))

    def _note(self, run: Run, status: dict[str, Any], job: Job) -> None:
        """Say what a job waits for, where Ray has not started it yet."""
        asked, processes = asked_for_again(status), run.config.processes
        if job.state == PENDING:
            waits = self._why(asked)
        elif processes == 1:
            waits = "The worker starts."
        else:
            waits = f"Its {processes} processes start, each as soon as a node has {asked.sentence} free."
        if status.get(WAITS) != waits:
            run.write_status(**{WAITS: waits})

    def _why(self, asked: Asked) -> str:
        fitting = [node for node in self._nodes if asked.fits(node)]
        if not fitting:
            return f"Waits for {asked.sentence}, and no node of the cluster has as much."
        return f"Waits until one of {len(fitting)} nodes has {asked.sentence} free."

    def _press(self, run: Run, status: dict[str, Any], job: Job | None, api: Api) -> bool:
        """Carry out a stop that no worker sees; whether the run is over."""
        since = time.monotonic() - self._pressed.setdefault(f"{run.id} {run.stop_asked_at()}", time.monotonic())
        if status.get("process") is None:  # it has not begun, and nothing of it would be kept
            if job is not None and job.state not in OVER:
                api.stop(job.id)
            _end(run, "stopped")
            return True
        if job is not None and job.state not in OVER:
            if since > STOP_GRACE and job.id not in self._stopped:
                self._stopped.add(job.id)
                api.stop(job.id)
            return False
        if not self._is_gone(run, status):
            return False
        _end(run, "stopped")
        return True

    def _lost(self, run: Run, api: Api, job: Job | None) -> None:
        """A worker that ended without a word: the run goes on elsewhere, from its last checkpoint."""
        status = run.status
        if status["state"] not in ACTIVE:  # it has ended properly since we looked
            return
        before, step = status.get(LOST) or {}, int(status.get("step") or 0)
        times = 1 if step > int(before.get("step") or 0) else int(before.get("times") or 0) + 1
        why = " ".join((job.message if job else "the cluster does not know it any more").split())[:300]
        log.warning("run %s was lost on %s: %s", run.id, self.address, why)
        if job is not None:
            with suppress(ClusterError):
                api.forget(job.id)
        if times > MOST_LOSSES:
            _end(run, "interrupted", {
                "message": f"The run was lost {times} times on the cluster {self.address} without a step forward: {why}",
                "hint": "Look at the cluster's nodes, then resume the run: it goes on from its last checkpoint.",
            })  # fmt: skip
            return
        run.write_status(
            state="queued", process=None, eta_seconds=None, **{LOST: {"times": times, "step": step}, WAITS: None}
        )

    def _could_not_start(self, run: Run, api: Api, job: Job) -> None:
        """A job that ended before its worker wrote a word: its way to the program or the workspace is wrong."""
        status = run.status
        if status["state"] not in ACTIVE or status.get("process") is not None:
            return
        if "node" in job.message.lower() and "died" in job.message.lower():
            self._lost(run, api, job)
            return
        printed = [line for line in _printed(api, job).splitlines() if line.strip()]
        said = printed[-1].strip()[:300] if printed else " ".join(job.message.split())[:300]
        _end(run, "failed", {
            "message": f"The cluster {self.address} could not start the worker: {said}",
            "hint": "Its nodes must have the same program, Python and workspace: cluster add ADDRESS --project --python --home say where.",
        })  # fmt: skip

    def _without_cluster(self, run: Run) -> None:
        """What can be done for a run whose cluster does not answer: let go of one that is to stop and whose worker is gone."""
        status = run.status
        if status["state"] == "stopping" and (status.get("process") is None or self._is_gone(run, status)):
            _end(run, "stopped")

    # --- a run that waits -----------------------------------------------------------------------------------------
    def _submit(self, run: Run, cluster: KnownCluster, api: Api) -> None:
        attempt = int(run.status.get("attempt") or 0) + 1
        asked = asked_for(run.config, self._nodes, cluster)
        run.write_status(
            state="starting", device=None, devices=None, attempt=attempt, error=None, process=None, spawned_at=time.time(),
            heartbeat=None, eta_seconds=None, ended_at=None,
            **{FOLLOWS: None, JOB: f"{run.id}-{attempt}", WAITS: None, "asked": [asked.cpus, asked.gpus, asked.memory_mib]},
        )  # fmt: skip
        self._ask(run, cluster, api)

    def _ask(self, run: Run, cluster: KnownCluster, api: Api) -> None:
        """Ask for the job that the run's status names."""
        status = run.status
        job, attempt, asked = str(status[JOB]), int(status["attempt"]), asked_for_again(status)
        told = {"graft": "run", "run": run.id, "attempt": str(attempt)}
        own = asked if run.config.processes == 1 else Asked(0)  # several processes are asked for by what starts them
        try:
            api.submit(job, command_for(run, cluster), environment_for(cluster, asked), own, told)
        except ClusterError as error:
            if "refused" not in error.message:
                raise  # it does not answer just now; the next look asks again
            _end(run, "failed", {"message": error.message, "hint": error.hint})
            return
        log.info("run %s is handed to %s, attempt %d, %s", run.id, self.address, attempt, asked.sentence)


def is_for_cluster(run: Run) -> bool:
    """Whether a run is to be carried out elsewhere."""
    return run.config.engine != HERE


def asked_for_again(status: dict[str, Any]) -> Asked:
    """What was asked for when the run was submitted, as its status has it."""
    cpus, gpus, memory = status.get("asked") or (1.0, 0.0, 0)
    return Asked(float(cpus), float(gpus), int(memory))


def command_for(run: Run, cluster: KnownCluster) -> str:
    """What carries a run out on a node, for a shell there."""
    project = cluster.project or str(workspace.PROJECT)
    folder = f"{cluster.home.rstrip('/') or workspace.home()}/runs/{run.id}"
    python = shlex.quote(cluster.python or sys.executable)
    inner = "worker" if run.config.processes == 1 else "spread"
    return f"cd {shlex.quote(project)} && exec {python} -m core {inner} {shlex.quote(folder)}"


def environment_for(cluster: KnownCluster, asked: Asked) -> dict[str, str]:
    """What a worker on a node is told by its environment: where the workspace is, and what it may use."""
    passed = {name: value for name, value in os.environ.items() if name in ("HF_HUB_OFFLINE", "HF_ENDPOINT")}
    cores = f"{asked.cpus:.0f}"
    return passed | WORKER_ENV | {
        "GRAFT_HOME": cluster.home or str(workspace.home()), "GRAFT_NO_SCHEDULER": "1", EXPECTED: code_digest(),
        CORES: cores, "OMP_NUM_THREADS": cores, CARDS: f"{asked.gpus:.0f}", "RAY_JOB_STOP_WAIT_TIME_S": str(LEAVING),
    }  # fmt: skip


def _printed(api: Api, job: Job) -> str:
    try:
        return api.printed(job.id)
    except ClusterError:
        return ""


def _end(run: Run, state: str, error: dict[str, str] | None = None) -> None:
    run.write_status(state=state, error=error, ended_at=time.time(), **{WAITS: None})
    run.clear_stop()
