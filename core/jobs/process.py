"""Who a process is: host, pid and start together, since pids are used again; and whether one is still at work."""

import os
import socket
from pathlib import Path
from typing import Any

import psutil

SAME = 1.0  # seconds by which two readings of one start may differ


def identity(pid: int | None = None) -> dict[str, Any]:
    """``host``, ``pid`` and ``created`` (unix seconds) of a living process, by default this one.

    On Linux also ``boot`` (which start of the machine this is) and ``ticks`` (between that and the process's own start):
    these two do not move when somebody sets the clock, as ``created`` does.

    Raises:
        psutil.NoSuchProcess: when it lives no more.
    """
    process = psutil.Process(pid or os.getpid())
    who: dict[str, Any] = {"host": socket.gethostname(), "pid": process.pid, "created": process.create_time()}
    boot, ticks = _boot(), _ticks(process.pid)
    return who | ({"boot": boot, "ticks": ticks} if boot and ticks is not None else {})


def is_alive(who: Any) -> bool:
    """Whether exactly this process still runs on this machine; a zombie does not, nor what is no identity at all."""
    if not is_here(who):
        return False
    try:
        process = psutil.Process(who["pid"])
        return _is_same(who, process) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, KeyError, TypeError, ValueError, OverflowError):
        return False


def is_here(who: Any) -> bool:
    """Whether the process was started on this machine, so that its pid means something."""
    return isinstance(who, dict) and who.get("host") == socket.gethostname()


def is_same_machine(who: Any) -> bool:
    """Whether the process was started on this machine and since its last start; names of machines alone may be the same."""
    return is_here(who) and who.get("boot", _boot()) == _boot()


def _is_same(who: dict[str, Any], process: psutil.Process) -> bool:
    boot, ticks = _boot(), _ticks(process.pid)
    if who.get("boot") and boot and ticks is not None:
        return who["boot"] == boot and who.get("ticks") == ticks
    return bool(abs(process.create_time() - float(who["created"])) < SAME)


def _boot() -> str:
    """Names this start of the machine; empty where the system does not."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _ticks(pid: int) -> int | None:
    """Clock ticks from the machine's start to the process's; None where the system does not tell."""
    try:
        # the name of the process stands in brackets and may hold blanks; the start is the 22nd field of proc(5)
        return int(
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
        )
    except (OSError, ValueError, IndexError):
        return None
