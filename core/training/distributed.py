"""Several processes, of one machine or of several, train one model: each takes its share of every batch, and the gradients are summed.

torchrun, or Ray Train on a cluster, starts the processes and names them by environment variables. All hold the same
weights and take the same steps; only the first one writes anything down.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

CARDS_ASK = 8  # steps between two times that processes on cards ask each other whether to stop
DEVICES = "GRAFT_DEVICES"  # the devices that the queue gave a run, one for each process, with commas between


def rank() -> int:
    """This process's number among those that train together; 0 where it trains alone."""
    return int(os.environ.get("RANK", "0"))


def requested_world_size() -> int:
    """How many processes are to train together, those that have not joined yet included."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def world_size() -> int:
    """How many processes are training together now."""
    import torch.distributed as dist

    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


@contextmanager
def joined(device: str) -> Iterator[None]:
    """Join the other processes for as long as the context lasts; nothing happens in a process that is alone."""
    if requested_world_size() == 1:
        yield
        return
    import torch
    import torch.distributed as dist

    if device.startswith("cuda"):
        torch.cuda.set_device(device)
    if dist.is_initialized():  # by who started the processes, and it ends it as well
        yield
        return
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def device_of_rank(device: str) -> str:
    """The device of this process: of the cards that the run was given the one with its number."""
    if requested_world_size() == 1 or not device.startswith("cuda"):
        return device
    given = [name for name in os.environ.get(DEVICES, "").split(",") if name]
    return given[rank()] if len(given) == requested_world_size() else f"cuda:{rank()}"


def shard(rows: np.ndarray) -> np.ndarray:
    """This process's rows of a batch: every n-th, so that long and short texts are dealt out evenly; maybe none."""
    return rows[rank() :: world_size()] if world_size() > 1 else rows


def any_rank(should_stop: Callable[[], bool], device: str) -> Callable[[], bool]:
    """Let all processes stop at the same step: soon after one of them is asked to."""
    asked = 0

    def ask() -> bool:
        nonlocal asked
        own = should_stop()
        if world_size() == 1:
            return own
        asked += 1
        if device.startswith("cuda") and asked % CARDS_ASK:  # an answer waits for all that the card has still to do
            return False
        import torch
        import torch.distributed as dist

        flag = torch.tensor(int(own), device=device)
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag.item())

    return ask


def broadcast(value: float, device: str) -> float:
    """The first process's value, so that rounding on different cards cannot let decisions differ."""
    if world_size() == 1:
        return value
    import torch
    import torch.distributed as dist

    told = torch.tensor(value, dtype=torch.float64, device=device)
    dist.broadcast(told, 0)
    return float(told.item())


def barrier() -> None:
    """Go on when all processes have come this far."""
    if world_size() > 1:
        import torch.distributed as dist

        dist.barrier()
