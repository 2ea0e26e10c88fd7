"""Work on a CUDA card that is recorded once and then replayed.

A step is more than a thousand small kernels, and a host needs longer to start them one by one than the card to run them:
measured on an H100, two thirds of the time (docs/benchmarks.md). A CUDA graph starts all of them at once. It repeats the
very same kernels on the very same memory, so work of another size needs a recording of its own.
"""

import logging
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from core.training.distributed import world_size

if TYPE_CHECKING:
    import torch

log = logging.getLogger("graft.worker")
MOST = 48  # recordings kept: each holds some MiB of the card
T = TypeVar("T")


def can_record(device: str) -> bool:
    """Whether work on this device is recorded: on a CUDA card, by a process that trains alone."""
    return device.startswith("cuda") and world_size() == 1


class Recording(Protocol):
    """What was recorded."""

    def replay(self) -> None: ...


class Tape(Protocol):
    """What records the work of a device."""

    def beside(self) -> AbstractContextManager[object]:
        """Inside, work is queued apart from what else the device does, in order with it."""

    def record(self, work: Callable[[], T]) -> tuple[Recording, T]:
        """What ``work`` starts, recorded and not yet done, and the tensors that each replay fills anew.

        Raises:
            RuntimeError: when the work cannot be recorded, or memory ran out; the device is then as it was before.
        """


class Recorder:
    """Runs work, and from the second time on replays it; on other devices than a CUDA card it only runs it.

    Args:
        tape: what records; a card's own where none is given.
    """

    def __init__(self, device: str, tape: Tape | None = None):
        self._tape = tape or (CardTape(device) if device.startswith("cuda") else None)
        self._recordings: dict[Hashable, tuple[Recording, Any]] = {}
        self._seen: set[Hashable] = set()
        self._most = MOST

    def run(self, key: Hashable, work: Callable[[], T]) -> T:
        """What ``work`` gives; its tensors hold until the next run.

        Args:
            key: names the work: under one key ``work`` must read the same tensors, whatever stands in them, and always
                do the same with them, without asking the card for a value on the way.

        Raises:
            torch.OutOfMemoryError: when the work does not fit the device even without a recording.
        """
        if self._tape is None:
            return work()
        with self._tape.beside():
            return self._run(self._tape, key, work)

    @property
    def recordings(self) -> int:
        """How many works are replayed by now."""
        return len(self._recordings)

    def clear(self) -> None:
        """Forget all recordings and give their memory back; there is room for new ones then."""
        self._recordings.clear()
        self._seen.clear()
        self._most = MOST

    def _run(self, tape: Tape, key: Hashable, work: Callable[[], T]) -> T:
        if key not in self._recordings and key in self._seen and len(self._recordings) < self._most:
            self._record(tape, key, work)
        if key in self._recordings:
            recording, value = self._recordings[key]
            recording.replay()
            return value
        self._seen.add(key)  # the first time prepares what a recording must find ready
        return work()

    def _record(self, tape: Tape, key: Hashable, work: Callable[[], T]) -> None:
        """Keep a recording under a new key, or see to it that none is tried again in vain."""
        try:
            self._recordings[key] = tape.record(work)
        except RuntimeError as error:
            if ran_out(error):  # the recordings that are there stay, and what has no room is started kernel by kernel
                self._most = len(self._recordings)
                log.info("no memory for more than %d recorded steps", self._most)
                return
            log.info("a step cannot be recorded, so it is started kernel by kernel: %s", str(error).splitlines()[0])
            self._tape = None
            self._recordings.clear()


class CardTape:
    """Records work of a CUDA card as graphs that share their memory."""

    def __init__(self, device: str):
        import torch

        self._stream, self._pool = torch.cuda.Stream(device), torch.cuda.graph_pool_handle()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """As ``Tape.beside``: in a stream of its own, which recording asks for."""
        import torch

        current = torch.cuda.current_stream()
        self._stream.wait_stream(current)
        try:
            with torch.cuda.stream(self._stream):
                yield
        finally:  # what was begun before memory ran out is still at work
            current.wait_stream(self._stream)

    def record(self, work: Callable[[], T]) -> "tuple[torch.cuda.CUDAGraph, T]":
        """As ``Tape.record``."""
        import torch

        graph = torch.cuda.CUDAGraph()
        random = torch.cuda.default_generators[torch.cuda.current_device()]
        before = random.clone_state()
        try:
            with torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"):
                value = work()
        except RuntimeError:
            random.graphsafe_set_state(before)  # the failed recording left it waiting for its end
            del graph
            torch.cuda.synchronize()
            torch.cuda.empty_cache()
            raise
        return graph, value


def ran_out(error: BaseException | None) -> bool:
    """Whether memory ran out, also where the end of a broken recording raised an error of its own over that."""
    import torch

    while error is not None and not isinstance(error, torch.OutOfMemoryError):
        error = error.__context__
    return error is not None
