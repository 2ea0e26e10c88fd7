"""Who a process is: host, pid and start time together, since pids are used again."""

import os
import socket
from typing import Any

import psutil


def identity(pid: int | None = None) -> dict[str, Any]:
    """``host``, ``pid`` and ``created`` (unix seconds) of a living process, by default this one.

    Raises:
        psutil.NoSuchProcess: when it lives no more.
    """
    process = psutil.Process(pid or os.getpid())
    return {"host": socket.gethostname(), "pid": process.pid, "created": process.create_time()}


def is_alive(who: dict[str, Any] | None) -> bool:
    """Whether exactly this process still runs on this machine; a zombie does not."""
    if not who or who.get("host") != socket.gethostname():
        return False
    try:
        process = psutil.Process(who["pid"])
        same = abs(process.create_time() - who["created"]) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_here(who: dict[str, Any] | None) -> bool:
    """Whether the process was started on this machine, so that its pid means something."""
    return who is not None and who.get("host") == socket.gethostname()
