"""Work that a run does beside its training, one piece at a time: writing the best weights need not stop a card."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

log = logging.getLogger("graft.worker")


class Aside:
    """Does work in a thread of its own; what goes wrong there is raised by the next ``begin`` or ``wait``.

    As a context it waits for the work at its end; where the inside failed already, that is what is told.
    """

    def __init__(self, name: str):
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._work: Future[None] | None = None

    def begin(self, work: Callable[[], None]) -> None:
        """Start ``work`` once what was begun before is done."""
        self.wait()
        self._work = self._thread.submit(work)

    def wait(self) -> None:
        """Until nothing is under way.

        Raises:
            Exception: whatever the work raised, once.
        """
        work, self._work = self._work, None
        if work is not None:
            work.result()

    def __enter__(self) -> "Aside":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.wait()
        except Exception as error:
            if kind is None:
                raise
            log.warning("%s", error)
        finally:
            self._thread.shutdown()
