"""The program as it lies on disk now: whether it was replaced by another version while a process of it runs."""

import hashlib
from contextlib import suppress

from core import workspace


def program_stamp() -> str:
    """Changes with any file of ``core`` that is added, taken away or replaced, also by one with an older time."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted((workspace.PROJECT / "core").rglob("*.py")):
        with suppress(OSError):
            stat = path.stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}\n".encode())
    return digest.hexdigest()
