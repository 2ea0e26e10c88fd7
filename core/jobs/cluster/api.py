"""What Graft asks of a Ray cluster, by plain HTTP: Ray itself need not be installed here.

The Jobs API is the one that Ray's makers advise for long work (https://docs.ray.io/en/latest/cluster/running-applications/job-submission/rest.html);
a job goes on when whoever submitted it is gone.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from core.errors import ConfigError, GraftError

PATIENCE = 15.0  # seconds until an answer must have come
MOST_NODES = 10_000
PENDING, RUNNING = "PENDING", "RUNNING"
OVER = ("SUCCEEDED", "FAILED", "STOPPED")


class ClusterError(GraftError):
    """A cluster that cannot be reached, or does not do what it was asked."""


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster, with all that it has: what is free changes from moment to moment.

    Attributes:
        id: by which jobs name the machine that they are on.
        memory_mib: that Ray gives to jobs.
    """

    id: str
    address: str
    alive: bool
    head: bool
    cpus: float
    gpus: float
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Job:
    """A job as Ray sees it.

    Attributes:
        state: PENDING, RUNNING, or one of ``OVER``.
        message: why it waits or how it ended, in Ray's words.
        node: id of the machine that it is on; "" before it is on one.
    """

    id: str
    state: str
    message: str
    node: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job needs until it starts: Ray lets it wait until a node has that free."""

    cpus: float
    gpus: float = 0.0
    memory_mib: int = 0

    @property
    def sentence(self) -> str:
        """``2 cores, 1 GPU and 3.1 GiB``."""
        parts = [f"{self.cpus:g} core{'' if self.cpus == 1 else 's'}"]
        parts += [f"{self.gpus:g} GPU{'' if self.gpus == 1 else 's'}"] if self.gpus else []
        parts += [f"{self.memory_mib / 1024:.1f} GiB of memory"] if self.memory_mib else []
        return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

    def fits(self, node: Node) -> bool:
        """Whether the node has so much at all."""
        return node.alive and node.cpus >= self.cpus and node.gpus >= self.gpus and node.memory_mib >= self.memory_mib


@dataclass(frozen=True, slots=True)
class Api:
    """The head of a cluster.

    Args:
        address: as ``normal_address`` gives it.
        token: goes with each request, where the cluster asks for one.
    """

    address: str
    token: str = field(default="", repr=False)

    def version(self) -> str:
        """Ray's version on the head.

        Raises:
            ClusterError: when there is no cluster at the address, or it wants another token.
        """
        told = self._json("GET", "/api/version")
        if not isinstance(told, dict) or "ray_version" not in told:
            raise ClusterError(f"What answers at {self.address} is no Ray cluster.", ADVICE)
        return str(told["ray_version"])

    def nodes(self) -> list[Node]:
        """All machines, also those that were lost, the head first.

        Raises:
            ClusterError: as ``version``.
        """
        told = self._json("GET", f"/api/v0/nodes?detail=true&limit={MOST_NODES}")
        try:
            nodes = [_node(value) for value in told["data"]["result"]["result"]]
        except (KeyError, TypeError, ValueError) as error:
            raise self._strange("its nodes") from error
        return sorted(nodes, key=lambda node: (not node.alive, not node.head, node.address, node.id))

    def jobs(self) -> dict[str, Job]:
        """All jobs that were submitted, by their ids.

        Raises:
            ClusterError: as ``version``.
        """
        told = self._json("GET", "/api/jobs/")
        try:
            found = [_job(value) for value in told if value.get("submission_id")]
        except (KeyError, TypeError, AttributeError) as error:
            raise self._strange("its jobs") from error
        return {job.id: job for job in found}

    def submit(self, job: str, command: str, environment: dict[str, str], asked: Asked, told: dict[str, str]) -> None:
        """Ask for a job; one of this id that is there already is left as it is.

        Args:
            command: for a shell.
            told: words that Ray keeps with the job.

        Raises:
            ClusterError: as ``version``, or when the cluster refuses the job.
        """
        body = {
            "submission_id": job, "entrypoint": command, "runtime_env": {"env_vars": environment}, "metadata": told,
            "entrypoint_num_cpus": asked.cpus, "entrypoint_num_gpus": asked.gpus, "entrypoint_memory": asked.memory_mib * 2**20,
        }  # fmt: skip
        try:
            self._json("POST", "/api/jobs/", body)
        except ClusterError:
            if job not in self.jobs():
                raise

    def stop(self, job: str) -> None:
        """Ask a job to end: SIGTERM, and SIGKILL where that does not help for as long as its environment says."""
        self._json("POST", f"/api/jobs/{quote(job, safe='')}/stop")

    def forget(self, job: str) -> None:
        """Take a job that is over off the cluster's list."""
        self._json("DELETE", f"/api/jobs/{quote(job, safe='')}")

    def printed(self, job: str) -> str:
        """What a job printed that Graft's own log does not hold: why it could not start."""
        told = self._json("GET", f"/api/jobs/{quote(job, safe='')}/logs")
        return str(told.get("logs", "")) if isinstance(told, dict) else ""

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            self.address + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                content = answer.read()
            return json.loads(content)
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except ValueError as error:
            raise ClusterError(f"What answers at {self.address} is no Ray cluster.", ADVICE) from error
        except (OSError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", error)
            raise ClusterError(f"The cluster at {self.address} does not answer: {reason}.", ADVICE) from error

    def _refused(self, error: urllib.error.HTTPError) -> ClusterError:
        said = error.read().decode("utf-8", "replace").strip()
        if error.code in (401, 403):
            return ClusterError(
                f"The cluster at {self.address} does not accept the token{'' if self.token else ': none was given'}.",
                "Write its token (`ray get-auth-token` on the head) into a file and say: cluster add ADDRESS --token-file FILE",
            )
        if error.code == 404 and not said.startswith("Job "):
            return ClusterError(f"What answers at {self.address} is no Ray cluster.", ADVICE)
        last = said.splitlines()[-1] if said else error.reason
        return ClusterError(f"The cluster at {self.address} refused ({error.code}): {last[:300]}", "")

    def _strange(self, what: str) -> ClusterError:
        return ClusterError(
            f"The cluster at {self.address} tells of {what} in a way that is not known here.",
            "Its version of Ray may be too old or too new: docs/scale.md names the one that is tested.",
        )


ADVICE = "The address is that of the head's dashboard, by default port 8265. Start it with: ray start --head --dashboard-host=0.0.0.0"


def normal_address(address: str) -> str:
    """``http://host:8265`` for ``host``, ``host:8265`` or the whole.

    Raises:
        ConfigError: when it is no address.
    """
    text = address.strip().removesuffix("/")
    whole = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(whole)
        port = parts.port or (8265 if "://" not in text or parts.scheme == "http" else 443)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        scheme = "Ray's own client (ray://) is not used" if text.startswith("ray://") else "It names no host and port"
        raise ConfigError(
            f"The address of the cluster is {address!r}.", f"{scheme}; write it like http://10.0.0.5:8265"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def _node(value: dict[str, Any]) -> Node:
    has = value["resources_total"] or {}
    return Node(
        str(value["node_id"]), str(value["node_ip"]), value["state"] == "ALIVE", bool(value.get("is_head_node")),
        float(has.get("CPU", 0)), float(has.get("GPU", 0)), int(has.get("memory", 0) / 2**20),
    )  # fmt: skip


def _job(value: dict[str, Any]) -> Job:
    return Job(
        str(value["submission_id"]),
        str(value["status"]),
        str(value.get("message") or ""),
        str(value.get("driver_node_id") or ""),
    )
