"""A worker's first steps on a machine of a cluster: it must have the same program, told by its content, as where the run was queued."""

import hashlib
import os
import socket
import time
from functools import cache
from pathlib import Path

from core import workspace
from core.jobs.successor import turn_to
from core.runs.folder import Run

EXPECTED = "GRAFT_CODE"  # environment: digest of the program that queued the run


@cache
def code_digest() -> str:
    """Digest of all files of ``core``, read once in a process."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted((workspace.PROJECT / "core").rglob("*.py")):
        digest.update(f"{path.relative_to(workspace.PROJECT).as_posix()}\n".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def arrive(folder: Path) -> bool:
    """Before a worker begins: whether this is the program that queued the run in a folder; where it is another, the run ends and says so.

    On a cluster the output goes into the run's log from here on, as it does at home.
    """
    expected = os.environ.get(EXPECTED)
    if not expected:
        return True
    run = Run(folder.name, folder)
    if expected == code_digest():
        turn_to(run)
        return True
    run.write_status(state="failed", ended_at=time.time(), process=None, error={
        "message": f"Graft on {socket.gethostname()} ({workspace.PROJECT}) is of another version than where the run was queued.",
        "hint": "Bring all machines to the same version, then resume the run.",
    })  # fmt: skip
    return False
