"""Commands of clusters: which this workspace knows, and what runs on them."""

import argparse
from dataclasses import asdict
from pathlib import Path

from core.cli.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it is, and what its nodes call things."""
    parser.add_argument("address", metavar="ADDRESS", help="of the head's dashboard, such as http://10.0.0.5:8265")
    parser.add_argument(
        "--token-file", default="", metavar="FILE", help="with the cluster's token, where it asks for one"
    )
    parser.add_argument("--project", default="", metavar="DIR", help="Graft's program on the nodes; default: as here")
    parser.add_argument(
        "--python", default="", metavar="FILE", help="Python with Graft's requirements on the nodes; default: as here"
    )
    parser.add_argument(
        "--home", default="", metavar="DIR", help="this workspace as the nodes see it; default: as here"
    )
    parser.add_argument("--cores", type=int, default=0, help="cores of each run; default: up to 4")


def add(arguments: argparse.Namespace, out: Output) -> int:
    """Make a cluster known to this workspace; runs with `--engine ADDRESS` are carried out there.

    JSON: address, ray_version.

    Raises:
        GraftError: when no cluster answers at the address, or the number of cores is below 0.
    """
    from core.errors import ConfigError
    from core.jobs.cluster.api import normal_address
    from core.jobs.cluster.known import KnownCluster, add_cluster

    if arguments.cores < 0:
        raise ConfigError(f"--cores is {arguments.cores}.", "Give a whole number above 0, or leave it out.")
    token = str(Path(arguments.token_file).expanduser().resolve()) if arguments.token_file else ""
    cluster = KnownCluster(
        normal_address(arguments.address), arguments.python, arguments.project, arguments.home, token, arguments.cores
    )
    version = add_cluster(cluster)
    told = {"address": cluster.address, "ray_version": version}
    out.answer(
        told,
        [f"{cluster.address} answers with Ray {version}.", f"Try: python -m core cluster status {cluster.address}"],
    )
    return 0


def one_argument(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument("address", metavar="ADDRESS")


def remove(arguments: argparse.Namespace, out: Output) -> int:
    """Forget a cluster; what runs there goes on, and is followed again once it is added again.

    JSON: address, removed.
    """
    from core.jobs.cluster.api import normal_address
    from core.jobs.cluster.known import remove_cluster

    address = normal_address(arguments.address)
    remove_cluster(address)
    out.answer({"address": address, "removed": True}, [f"{address} is not known any more."])
    return 0


def status_arguments(parser: argparse.ArgumentParser) -> None:
    """Which one; needed where several are known."""
    parser.add_argument("address", metavar="ADDRESS", nargs="?", default="")


def status(arguments: argparse.Namespace, out: Output) -> int:
    """The nodes of a cluster, what runs where, and what waits and why.

    JSON: address, ray_version, nodes (id, address, alive, head, cpus, gpus, memory_mib, runs), cpus, gpus (of the nodes alive), jobs
    (run, name, state, node, waits).

    Raises:
        GraftError: when it does not answer, or none is known.
    """
    from core.errors import ConfigError
    from core.jobs.cluster.known import get_cluster, list_clusters
    from core.jobs.cluster.status import cluster_status

    known = list_clusters()
    if not arguments.address and len(known) != 1:
        names = ", ".join(cluster.address for cluster in known)
        raise ConfigError(
            f"No cluster was named, and {f'several are known: {names}' if known else 'none is known'}.",
            "Say which: cluster status ADDRESS"
            if known
            else "Add one: cluster add ADDRESS (docs/scale.md has how to start one)",
        )
    told = cluster_status(get_cluster(arguments.address) if arguments.address else known[0])
    lines = [f"{told.address}, Ray {told.ray_version}: {told.sentence}"]
    lines += [
        f"  {node.address} {'head ' if node.head else ''}{'' if node.alive else 'lost '}{node.cpus:g} cores, {node.gpus:g} GPUs, "
        f"{node.memory_mib / 1024:.1f} GiB: {', '.join(told.runs_on(node)) or 'idle'}"
        for node in told.nodes
    ]
    lines += [f"  waits: {job.name}. {job.waits}" for job in told.jobs if not job.node]
    nodes = [asdict(node) | {"runs": told.runs_on(node)} for node in told.nodes]
    answer = {
        "address": told.address,
        "ray_version": told.ray_version,
        "nodes": nodes,
        "cpus": told.cpus,
        "gpus": told.gpus,
    }
    out.answer(answer | {"jobs": [asdict(job) for job in told.jobs]}, lines)
    return 0
