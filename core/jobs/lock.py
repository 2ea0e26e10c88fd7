"""Locks that hold against every other process of this machine, and notice when their file is taken away.

A lock belongs to a file's content, not to its name: who removes the file frees the name while the holder goes on. So
whoever holds one asks from time to time whether the name still leads to the file that it holds.
"""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from core.runs.folder import Run


class NamedLock:
    """One holder at a time.

    Args:
        path: the file that is locked; made when missing.
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = FileLock(path, is_singleton=False)
        self._file: tuple[int, int] | None = None

    def take(self, seconds: float = 0.0) -> bool:
        """Try to become the holder for so long; whether it worked.

        Raises:
            OSError: when the file cannot be made.
        """
        try:
            self._lock.acquire(timeout=seconds)
        except Timeout:
            return False
        self._file = _file_of(self.path)
        return True

    def release(self) -> None:
        """Let the next one in."""
        self._lock.release()

    def is_free(self) -> bool:
        """Whether nobody holds it now.

        Raises:
            OSError: when the file cannot be made.
        """
        free = self.take()
        if free:
            self.release()
        return free

    def is_mine(self) -> bool:
        """Whether the name still leads to the file that is held: else another may hold it as well."""
        return self._file is not None and _file_of(self.path) == self._file


def worker_lock(run: Run) -> NamedLock:
    """Held by whoever carries a run out, so that two can never be at work in one folder."""
    return NamedLock(run.path / "worker.lock")


def is_at_work(run: Run) -> bool:
    """Whether somebody on this machine carries the run out now."""
    if not (run.path / "worker.lock").exists():
        return False
    try:
        return not worker_lock(run).is_free()
    except OSError:  # a folder that cannot be written has no worker
        return False


def _file_of(path: Path) -> tuple[int, int] | None:
    """Tells a file from another of the same name; None where there is none."""
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
