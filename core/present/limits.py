"""How often something may be asked: a bucket that fills again as time goes by."""

import threading
import time


class Bucket:
    """At most ``size`` at once and ``per_second`` in the long run, for all callers together."""

    def __init__(self, size: int, per_second: float):
        self._size, self._rate = float(size), per_second
        self._left, self._at = float(size), time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more is allowed now; where it is, it counts."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self._size, self._left + (now - self._at) * self._rate)
            self._at = now
            if self._left < 1.0:
                return False
            self._left -= 1.0
            return True
