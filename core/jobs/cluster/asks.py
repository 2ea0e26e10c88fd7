"""What a run asks of a cluster: cores, cards and memory, by the same forecast that the pages show before it starts."""

from collections.abc import Sequence

from core.config import RunConfig
from core.errors import GraftError
from core.jobs.cluster.api import Asked, Node
from core.jobs.cluster.known import KnownCluster

MOST_CORES = 4  # of one run, where nobody said otherwise; more make short texts hardly quicker
HOST_MIB = 4096  # beside a card: libraries, texts and what is loaded of the source


def asked_for(config: RunConfig, nodes: Sequence[Node], cluster: KnownCluster) -> Asked:
    """What one process of the run needs.

    Args:
        nodes: of the cluster; those alive say how large a wish can be.
    """
    alive = [node for node in nodes if node.alive]
    cores = cluster.cores or max(1, min(MOST_CORES, int(max((node.cpus for node in alive), default=1))))
    cards = bool(config.source) and config.device != "cpu" and any(node.gpus >= 1 for node in alive)
    return Asked(cores, 1.0 if cards else 0.0, HOST_MIB if cards else memory_of(config))


def memory_of(config: RunConfig) -> int:
    """MiB that the run is expected to need on a CPU; 0 where nothing is known of its source here."""
    from core.data.sets.lengths import dataset_lengths
    from core.data.sets.store import get_dataset
    from core.models.shape import shape_of
    from core.training.estimate import estimate, estimate_counted

    try:
        dataset = get_dataset(config.dataset)
        counts = {part: dataset.size(part) for part in ("train", "validation", "test")}
        if not config.source:
            return estimate_counted(config, counts, len(dataset.labels)).memory_mib
        lengths = dataset_lengths(dataset, config.source)
        own = config.changed(device="cpu", processes=1)
        return estimate(own, counts, lengths, shape_of(config.source, config.revision)).memory_mib
    except GraftError:
        return 0
