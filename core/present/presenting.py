"""Presentations started from the app: a process each, found again after a rerun or a reload, and stopped for sure."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from core import workspace
from core.errors import GraftError
from core.jobs.process import identity, is_alive
from core.runs.folder import Run

PATIENCE = 120.0  # seconds for the model to load
GRACE = 5.0  # seconds to end before it is killed

_started: list[
    "subprocess.Popen[bytes]"
] = []  # by this process; kept, so that each is taken leave of when it has ended


@dataclass(frozen=True, slots=True)
class Presentation:
    """One that is being served: its link, and who serves it."""

    link: str
    who: dict[str, Any]


def running(run: Run) -> Presentation | None:
    """The presentation of a run that is being served now."""
    kept = workspace.read_json(_file(run))
    if not isinstance(kept, dict) or not isinstance(kept.get("address"), str) or not is_alive(kept.get("who")):
        return None
    return Presentation(kept["address"], kept["who"])


def note(run: Run, link: str) -> None:
    """Write down that this process serves a run, for ``running``; only the owner of the workspace can read the token."""
    workspace.write_json(_file(run), {"address": link, "who": identity()})
    os.chmod(_file(run), 0o600)


def forget(run: Run) -> None:
    """Take away what ``note`` wrote, where this process wrote it."""
    kept = workspace.read_json(_file(run))
    if isinstance(kept, dict) and isinstance(kept.get("who"), dict) and kept["who"].get("pid") == os.getpid():
        _file(run).unlink(missing_ok=True)


def start(run: Run) -> Presentation:
    """Serve a run on a free port of this machine, as long as this process lives; one that is served already comes back.

    Raises:
        GraftError: when it cannot be served, with the reason.
    """
    if there := running(run):
        return there
    command = [sys.executable, "-m", "core", "present", run.id, "--port", "0", "--owner", str(os.getpid()), "--json"]
    log = _file(run).with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    with open(log, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as output:  # the token is in it
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, start_new_session=True,
            cwd=workspace.PROJECT, env=os.environ | {"GRAFT_HOME": str(workspace.home())},
        )  # fmt: skip
    _started[:] = [earlier for earlier in _started if earlier.poll() is None] + [process]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ended = process.poll() is not None
        if (there := running(run)) and not ended:
            return there
        if ended:
            raise _failure(log)
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise GraftError("The presentation did not start in time.", "Try again when the machine is less busy.")


def stop(run: Run) -> None:
    """End the presentation of a run; its link is worth nothing from then on."""
    there = running(run)
    if there is not None:
        try:
            process = psutil.Process(there.who["pid"])
            process.terminate()
            try:
                process.wait(GRACE)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(GRACE)
        except psutil.NoSuchProcess:
            pass
    _started[:] = [process for process in _started if process.poll() is None]
    _file(run).unlink(missing_ok=True)


def _file(run: Run) -> Path:
    return workspace.home() / "presenting" / f"{run.id}.json"


def _failure(log: Path) -> GraftError:
    """Why it ended, as it said itself."""
    try:
        error = json.loads(log.read_text(encoding="utf-8"))["error"]
        return GraftError(str(error["message"]), str(error["hint"]))
    except (OSError, ValueError, KeyError, TypeError):
        return GraftError("The presentation could not be started.", "See whether `python -m core present` says why.")
