"""A cluster at a glance: its nodes, what runs where, and what waits and why."""

from dataclasses import dataclass

from core.jobs.cluster.api import Node
from core.jobs.cluster.engine import JOB, WAITS
from core.jobs.cluster.known import KnownCluster
from core.jobs.cluster.state import trouble_of
from core.runs.folder import ACTIVE, WAITING, list_runs


@dataclass(frozen=True, slots=True)
class ClusterRun:
    """A run that is for the cluster and has not ended.

    Attributes:
        state: of the run.
        node: address of the machine that it is on; "" while it waits.
        waits: what for; "" where it does not.
    """

    run: str
    name: str
    state: str
    node: str
    waits: str


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """How a cluster stands."""

    address: str
    ray_version: str
    nodes: list[Node]
    jobs: list[ClusterRun]

    @property
    def cpus(self) -> float:
        """Of the nodes alive."""
        return sum(node.cpus for node in self.nodes if node.alive)

    @property
    def gpus(self) -> float:
        """Of the nodes alive."""
        return sum(node.gpus for node in self.nodes if node.alive)

    @property
    def sentence(self) -> str:
        """``3 nodes, 24 cores, 2 GPUs; 4 runs, 1 of them waits.``"""
        alive = sum(node.alive for node in self.nodes)
        lost = len(self.nodes) - alive
        waiting = sum(not job.node for job in self.jobs)
        parts = [f"{alive} node{'' if alive == 1 else 's'}" + (f" ({lost} lost)" if lost else "")]
        parts += [f"{self.cpus:g} cores", *([f"{self.gpus:g} GPUs"] if self.gpus else [])]
        runs = f"{len(self.jobs)} run{'' if len(self.jobs) == 1 else 's'}" if self.jobs else "no runs"
        waits = f", {waiting} of them wait{'s' if waiting == 1 else ''}" if waiting else ""
        return f"{', '.join(parts)}; {runs}{waits}."

    def runs_on(self, node: Node) -> list[str]:
        """Names of the runs that a node carries out."""
        return [job.name for job in self.jobs if job.node and job.node == node.id]


def cluster_status(cluster: KnownCluster) -> ClusterStatus:
    """How a cluster stands now.

    Raises:
        ClusterError: when it does not answer.
    """
    api = cluster.api()
    version, nodes, jobs = api.version(), api.nodes(), api.jobs()
    runs = []
    for run in reversed(list_runs()):
        status = run.status
        if status["state"] not in (*WAITING, *ACTIVE) or run.config.engine != cluster.address:
            continue
        job = jobs.get(str(status.get(JOB))) if status["state"] in ACTIVE else None
        node = job.node if job is not None and status.get("process") else ""
        waits = "" if node else str(status.get(WAITS) or "") or trouble_of(cluster.address) or "Its turn has not come."
        runs.append(ClusterRun(run.id, run.name, str(status["state"]), node, waits))
    return ClusterStatus(cluster.address, version, nodes, runs)
