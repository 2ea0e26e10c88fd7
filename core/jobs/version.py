"""Which program this is, told by its content: machines that work on one run must have the same."""

import hashlib
import os
import socket
import time
from functools import cache
from pathlib import Path

from core import workspace
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


def code_fits(folder: Path) -> bool:
    """Whether this program is the one that queued the run in a folder; where it is another, the run ends here and says so."""
    expected = os.environ.get(EXPECTED)
    if not expected or expected == code_digest():
        return True
    Run(folder.name, folder).write_status(state="failed", ended_at=time.time(), process=None, error={
        "message": f"Graft on {socket.gethostname()} ({workspace.PROJECT}) is of another version than where the run was queued.",
        "hint": "Bring all machines to the same version, then resume the run.",
    })  # fmt: skip
    return False
