"""How a worker learns that it should stop: a signal, or the mark that somebody left in the run's folder."""

import signal
import threading
import time

from core.runs.folder import Run

EVERY = 0.3  # seconds between two looks at the disk


class StopAsked:
    """Asked as a function, whether somebody wants this process to stop; once true, it stays true."""

    def __init__(self, run: Run):
        self._run, self._stop, self._looked = run, False, 0.0
        if (
            threading.current_thread() is threading.main_thread()
        ):  # else somebody else's program runs us, and sees to signals
            signal.signal(signal.SIGTERM, lambda *_: setattr(self, "_stop", True))
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal that started us is not meant for us

    def __call__(self) -> bool:
        if not self._stop and time.monotonic() - self._looked > EVERY:
            self._looked = time.monotonic()
            self._stop = self._run.stop_asked()
        return self._stop
