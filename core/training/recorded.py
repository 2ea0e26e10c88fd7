"""Work on a CUDA card that is recorded once and then replayed.

A step is more than a thousand small kernels, and a host needs longer to start them one by one than the card to run them:
measured on an H100, two thirds of the time (docs/benchmarks.md). A CUDA graph starts all of them at once. It repeats the
very same kernels on the very same memory, so work of another size needs a recording of its own.
"""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from core.training.distributed import world_size

if TYPE_CHECKING:
    import torch

log = logging.getLogger("graft.worker")
MOST = 48  # recordings kept: each holds some MiB of the card
T = TypeVar("T")


def can_record(device: str) -> bool:
    """Whether work on this device is recorded: on a CUDA card, by a process that trains alone."""
    return device.startswith("cuda") and world_size() == 1


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded, and the tensors that each replay fills anew."""

    graph: "torch.cuda.CUDAGraph"
    value: Any


class Recorder:
    """Runs work, and from the second time on replays it; on other devices than a CUDA card it only runs it."""

    def __init__(self, device: str):
        import torch

        self._works = device.startswith("cuda")
        self._recordings: dict[Hashable, Recording] = {}
        self._seen: set[Hashable] = set()
        self._stream = torch.cuda.Stream(device) if self._works else None
        self._pool = torch.cuda.graph_pool_handle() if self._works else None

    def run(self, key: Hashable, work: Callable[[], T]) -> T:
        """What ``work`` gives; its tensors hold until the next run.

        Args:
            key: names the work: under one key ``work`` must read the same tensors, whatever stands in them, and always
                do the same with them, without asking the card for a value on the way.
        """
        import torch

        if not self._works or self._stream is None:
            return work()
        current = torch.cuda.current_stream()
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            value = self._run(key, work)
        current.wait_stream(self._stream)
        return value

    def clear(self) -> None:
        """Forget all recordings and give their memory back."""
        self._recordings.clear()
        self._seen.clear()

    def _run(self, key: Hashable, work: Callable[[], T]) -> T:
        known = self._recordings.get(key)
        if known is None and key in self._seen and len(self._recordings) < MOST:
            known = self._record(key, work)
        if known is not None:
            known.graph.replay()
            return known.value
        self._seen.add(key)  # the first time prepares what a recording must find ready
        return work()

    def _record(self, key: Hashable, work: Callable[[], T]) -> Recording | None:
        """The recording under a new key; None where the work cannot be recorded, and nothing is from then on."""
        import torch

        graph = torch.cuda.CUDAGraph()
        random = torch.cuda.default_generators[torch.cuda.current_device()]
        before = random.clone_state()
        try:
            with torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"):
                value = work()
        except RuntimeError as error:  # also where memory ran out
            log.info("a step cannot be recorded, so it is started kernel by kernel: %s", str(error).splitlines()[0])
            random.graphsafe_set_state(before)  # the failed recording left it waiting for its end
            self._works = False
            self._recordings.clear()
            torch.cuda.synchronize()
            torch.cuda.empty_cache()
            return None
        self._recordings[key] = Recording(graph, value)
        return self._recordings[key]
