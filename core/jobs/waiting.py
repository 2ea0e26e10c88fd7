"""How much of its time a process waits for a processor that other programs hold.

A load average or the processor's use do not tell that: a training that is alone uses all cores, and so does one that gets half of them.
Linux counts for each thread how long it ran and how long it stood ready and was not let
(https://docs.kernel.org/scheduler/sched-stats.html); elsewhere what others take of a full machine stands for it.
"""

import os
import time
from pathlib import Path

import psutil

TASKS = Path("/proc/self/task")  # of this process; schedstat: nanoseconds on a processor, nanoseconds waiting, turns
FULL = 0.9  # share of all cores in use from which somebody has to wait
SLOWED = 0.25  # share of waiting from which a run says that others slow it down


class Waiting:
    """Reads, from look to look, how long the threads of this process ran and how long they had to wait."""

    def __init__(self) -> None:
        self._threads = _threads()
        self._machine = _machine()

    def since_last(self) -> tuple[float, float]:
        """Seconds that the threads ran and that they waited for a core, added up, since the last look."""
        if not TASKS.exists():
            return self._from_machine()
        before, self._threads = self._threads, _threads()
        deltas = [
            (ran - before.get(thread, (0, 0))[0], waited - before.get(thread, (0, 0))[1])
            for thread, (ran, waited) in self._threads.items()
        ]
        return sum(ran for ran, _ in deltas) / 1e9, sum(waited for _, waited in deltas) / 1e9

    def _from_machine(self) -> tuple[float, float]:
        before, self._machine = self._machine, _machine()
        moment, own, busy = (now - then for now, then in zip(self._machine, before, strict=True))
        cores = psutil.cpu_count() or 1
        return own, max(0.0, busy - own) if busy > FULL * moment * cores else 0.0


def share_waited(ran: float, waited: float) -> float:
    """0..1: of the time in which it could have worked."""
    return waited / (ran + waited) if ran + waited else 0.0


def _threads() -> dict[str, tuple[int, int]]:
    """Thread -> nanoseconds on a processor, and nanoseconds ready without one."""
    threads = {}
    for task in TASKS.iterdir() if TASKS.exists() else ():
        try:
            ran, waited, _ = (task / "schedstat").read_text().split()
        except (OSError, ValueError):
            continue  # the thread has ended meanwhile
        threads[task.name] = int(ran), int(waited)
    return threads


def _machine() -> tuple[float, float, float]:
    """Now, processor seconds of this process, and of all there are; all in seconds."""
    times = psutil.cpu_times()
    own = os.times()
    return time.monotonic(), own.user + own.system, times.user + times.system
