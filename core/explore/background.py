"""Work that a page waits for without standing still: one piece at a time, on a thread of this process."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.errors import GraftError

Progress = Callable[[int, int], None]
REMEMBERED = 8  # finished pieces whose result is held in memory


@dataclass(slots=True)
class Work:
    """How a piece of work stands: ``done`` of ``total`` (0 while unknown), then a result or an error."""

    done: int = 0
    total: int = 0
    result: np.ndarray | None = None
    error: GraftError | None = None

    @property
    def ended(self) -> bool:
        return self.result is not None or self.error is not None


class Background:
    """Pieces of work by key; however many visitors ask for one, it is done once.

    The threads end with the process: what they compute is kept on disk by whoever asks, and can be had again.
    """

    def __init__(self) -> None:
        self._known: dict[str, Work] = {}
        self._access, self._turn = threading.Lock(), threading.Lock()

    def ask(self, key: str, compute: Callable[[Progress], np.ndarray]) -> Work:
        """The work under ``key``; it is begun where nobody has asked yet."""
        with self._access:
            work = self._known.pop(key, None)
            if work is not None:
                self._known[key] = work  # asked for last
                return work
            work = self._known[key] = Work()
            ended = [name for name, piece in self._known.items() if piece.ended]
            for name in ended[: max(0, len(ended) - REMEMBERED)]:
                del self._known[name]
        threading.Thread(target=self._do, args=(work, compute), daemon=True, name=f"explore-{key[:8]}").start()
        return work

    def forget(self, key: str) -> None:
        """Let ``key`` be asked for anew, after an error."""
        with self._access:
            self._known.pop(key, None)

    def _do(self, work: Work, compute: Callable[[Progress], np.ndarray]) -> None:
        def report(done: int, total: int) -> None:
            work.done, work.total = done, total

        with self._turn:
            try:
                work.result = compute(report)
            except GraftError as error:
                work.error = error
            except Exception as error:  # a page must hear of it: this thread has nobody else to tell
                work.error = GraftError(f"This could not be computed: {type(error).__name__}: {error}", "Try it again.")
