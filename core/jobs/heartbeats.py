"""Signs of life of workers whose processes cannot be looked at: those of other machines."""

import time

SILENCE = 60.0  # seconds without a heartbeat after which a worker on another machine counts as dead


class Heartbeats:
    """Remembers when each worker's newest heartbeat was first seen.

    A heartbeat counts from then, since the other machine's clock may be ahead; one that is older than ``SILENCE`` by this machine's
    clock is old at first sight.
    """

    def __init__(self) -> None:
        self._heard: dict[str, tuple[float, float]] = {}  # worker -> newest heartbeat, when it was first seen

    def is_silent(self, worker: str, heartbeat: float | None) -> bool:
        """Whether a worker has given no sign of life for too long.

        Args:
            worker: names it among others.
            heartbeat: unix seconds by the other machine's clock, as the status has it.
        """
        beat, now = heartbeat or 0.0, time.monotonic()
        known, since = self._heard.get(worker, (None, now))
        if known != beat:
            self._heard[worker] = (beat, now)
            return known is None and time.time() - beat > SILENCE
        return now - since > SILENCE
