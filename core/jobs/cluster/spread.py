"""One run over several machines: Ray Train puts a process on each and lets them find one another; they train as the processes of one
machine do (``core.training.distributed``), by the same worker.

This is the only module that imports Ray, and it runs on the cluster alone. A process that dies ends the others; the run is then lost as
any other, and goes on from its checkpoint as the next attempt.
"""

import os
from pathlib import Path
from typing import Any

from core import workspace
from core.extras import need
from core.runs.folder import Run
from core.training.devices import CORES
from core.training.distributed import DEVICES

CARDS = "GRAFT_CARDS"  # environment: 1 where each process gets a card of its own
SILENT_GROUP = 600  # seconds after which processes that wait for one another give up


def spread(path: Path) -> int:
    """Carry out the run in the folder ``path`` by as many processes as its config asks for, wherever the cluster has room for them.

    Returns:
        the exit code of the first process, which alone writes.

    Raises:
        GraftError: where Ray is not installed.
    """
    need("Training over several machines", ("ray",), "requirements-cluster.txt")
    import ray.train
    from ray.train.torch import TorchConfig, TorchTrainer

    config = Run(path.name, path).config
    cards = os.environ.get(CARDS) == "1"
    needs: dict[str, Any] = {"CPU": int(os.environ.get(CORES) or 1)} | ({"GPU": 1} if cards else {})
    trainer = TorchTrainer(
        _one_of_many, train_loop_config={"folder": str(path), "cards": cards},
        torch_config=TorchConfig(backend="nccl" if cards else "gloo", timeout_s=SILENT_GROUP),
        scaling_config=ray.train.ScalingConfig(num_workers=config.processes, use_gpu=cards, resources_per_worker=needs),
        run_config=ray.train.RunConfig(name=path.name, storage_path=str(workspace.folder("cache", "ray"))),
    )  # fmt: skip
    trainer.fit()
    return 0 if Run(path.name, path).state in ("finished", "stopped") else 1


def _one_of_many(told: dict[str, Any]) -> None:
    """What each process does: the work of a worker, or the first one's help."""
    from ray.train import get_context

    from core.jobs.worker import work

    context = get_context()
    os.environ |= {"RANK": str(context.get_world_rank()), "WORLD_SIZE": str(context.get_world_size())}
    os.environ["LOCAL_RANK"] = str(context.get_local_rank())
    if told["cards"]:
        from ray.train.torch import get_device

        os.environ[DEVICES] = ",".join([str(get_device())] * context.get_world_size())
    code = work(Path(told["folder"]))
    if code:
        raise RuntimeError(f"the worker ended with {code}; its run says why")
