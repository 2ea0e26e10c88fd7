"""How each cluster answered last: one small file each in the workspace, written by the scheduler and read by whoever waits."""

import hashlib
import time
from pathlib import Path
from typing import Any

from core import workspace

FRESH = 60.0  # seconds after which a word says nothing about now


def write_state(address: str, trouble: str) -> None:
    """Note how a cluster answers.

    Args:
        trouble: why it does not; "" where it does.

    Raises:
        StorageError: when it cannot be written.
    """
    before = _read(address)
    same = before.get("trouble") == trouble
    since = before["since"] if same and "since" in before else time.time()
    workspace.write_json(
        _path(address), {"address": address, "trouble": trouble, "since": since, "looked": time.time()}
    )


def trouble_of(address: str) -> str:
    """Why a cluster does not answer, and since when; "" where it does, or nobody has asked it lately."""
    told = _read(address)
    trouble = str(told.get("trouble") or "")
    if not trouble or time.time() - float(told.get("looked") or 0.0) > FRESH:
        return ""
    minutes = (time.time() - float(told.get("since") or time.time())) / 60
    lasting = f" For {minutes:.0f} minutes so far." if minutes >= 1 else ""
    return f"{trouble}{lasting} Its runs go on when it answers."


def _path(address: str) -> Path:
    return workspace.folder("cache", "clusters") / f"{hashlib.sha256(address.encode()).hexdigest()[:16]}.json"


def _read(address: str) -> dict[str, Any]:
    told = workspace.read_json(_path(address))
    return told if isinstance(told, dict) else {}
