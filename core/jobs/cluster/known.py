"""The clusters that this workspace knows: where each is, and how its nodes find the program and the workspace.

``clusters.json`` in the workspace holds one entry an address. A token stands in a file of its own, which is only named there.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core import workspace
from core.checked import TEXT, WHOLE, Unreadable, mapping, read_checked, record
from core.errors import ConfigError
from core.jobs.cluster.api import Api, ClusterError, normal_address

_ENTRY = record({}, {"python": TEXT, "project": TEXT, "home": TEXT, "token_file": TEXT, "cores": WHOLE})


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster and what its nodes call things; what is empty is as on this machine.

    Attributes:
        python: the interpreter that has Graft's requirements.
        project: the folder of Graft's program.
        home: the workspace, which must be the same one as here, on a file system that all share.
        token_file: on this machine; its content goes with each request.
        cores: that a run gets; 0 for as many as four, or fewer where the nodes are smaller.
    """

    address: str
    python: str = ""
    project: str = ""
    home: str = ""
    token_file: str = ""
    cores: int = 0

    def api(self) -> Api:
        """Its head.

        Raises:
            ClusterError: when the token's file cannot be read.
        """
        return Api(self.address, _token(self.token_file))


def list_clusters() -> list[KnownCluster]:
    """All that were added, by address.

    Raises:
        ClusterError: when the list is damaged.
    """
    path = _path()
    if not path.exists():
        return []
    try:
        told = read_checked(path, mapping(_ENTRY))
    except Unreadable as error:
        raise ClusterError(f"{path} {error}.", "Delete it and add the clusters again: cluster add ADDRESS") from error
    known = set(KnownCluster.__dataclass_fields__)
    return [
        KnownCluster(address, **{name: value for name, value in entry.items() if name in known})
        for address, entry in sorted(told.items())
    ]


def get_cluster(address: str) -> KnownCluster:
    """The one at an address.

    Raises:
        ConfigError: when none of that address was added.
    """
    wanted = normal_address(address)
    clusters = list_clusters()
    for cluster in clusters:
        if cluster.address == wanted:
            return cluster
    known = ", ".join(cluster.address for cluster in clusters) or "none"
    raise ConfigError(
        f"The cluster {wanted} was never added to this workspace; known: {known}.",
        f"Add it with: python -m core cluster add {wanted}",
    )


def add_cluster(cluster: KnownCluster) -> str:
    """Remember a cluster, or how another way to find things on its nodes; it must answer.

    Returns:
        Ray's version on its head.

    Raises:
        ClusterError: when it does not answer, or not as a cluster.
    """
    version = cluster.api().version()
    _write({other.address: other for other in list_clusters()} | {cluster.address: cluster})
    return version


def remove_cluster(address: str) -> None:
    """Forget a cluster; what runs there goes on.

    Raises:
        ConfigError: when none of that address was added.
    """
    gone = get_cluster(address)
    _write({other.address: other for other in list_clusters() if other != gone})


def _path() -> Path:
    return workspace.home() / "clusters.json"


def _write(clusters: dict[str, KnownCluster]) -> None:
    entries: dict[str, dict[str, Any]] = {}
    for address, cluster in clusters.items():
        entries[address] = {name: value for name, value in asdict(cluster).items() if name != "address" and value}
    workspace.write_json(_path(), entries)


def _token(file: str) -> str:
    if not file:
        return ""
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ClusterError(
            f"The file with the cluster's token, {file}, cannot be read: {error}.", "Name another."
        ) from error
