"""What is counted for Prometheus; of several workers together, where they write into one folder."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set before this module is imported where there are several workers
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
TEXTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Counters:
    """One set of counters; its names begin with ``graft_``."""

    def __init__(self) -> None:
        self._own = CollectorRegistry()
        self.requests = Counter("graft_requests", "Requests answered", ["path", "status"], registry=self._own)
        self.texts = Counter("graft_texts", "Texts answered", registry=self._own)
        self.seconds = Histogram(
            "graft_seconds", "Seconds from request to answer", ["path"], buckets=SECONDS, registry=self._own
        )
        self.batches = Histogram("graft_batch_texts", "Texts of a batch", buckets=TEXTS, registry=self._own)
        self.waiting = Gauge(
            "graft_waiting_texts", "Texts that wait for a batch", registry=self._own, multiprocess_mode="livesum"
        )

    def told(self) -> bytes:
        """All of it in Prometheus' text format."""
        if not os.environ.get(FOLDER):
            return generate_latest(self._own)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)
