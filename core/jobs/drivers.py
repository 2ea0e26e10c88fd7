"""Studies whose runs depend on what earlier ones gave have a process each that looks for the next; here these are kept alive.

A driver keeps what it knows in the study's folder, so that one which was killed is simply started again. Which studies want one
is told by a file in their folder alone.
"""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from core import workspace
from core.jobs.lock import NamedLock

log = logging.getLogger("graft.scheduler")

GOES_ON, HELD = "goes-on", "held"  # in a study's folder: while further cells may follow; while that is stopped
EVERY = 1.0  # seconds between two looks
MOST_STARTS = 6  # of one study's driver in a row; then something is wrong with it, and it is held


def driver_lock(folder: Path) -> NamedLock:
    """Held by the driver of the study in this folder."""
    return NamedLock(folder / "driver.lock")


class Drivers:
    """Keeps a driver alive for each study that wants one."""

    def __init__(self) -> None:
        self._started: dict[str, tuple[subprocess.Popen[bytes], int]] = {}
        self._looked = 0.0
        self._any = False

    def look(self) -> bool:
        """Start the drivers that are missing; whether any study wants one."""
        if time.monotonic() - self._looked < EVERY:
            return self._any
        self._looked = time.monotonic()
        wanting = _wanting()
        self._any = bool(wanting)
        names = {folder.name for folder in wanting}
        self._started = {
            name: told for name, told in self._started.items() if name in names
        }  # what ended well counts anew
        for folder in wanting:
            process, starts = self._started.get(folder.name, (None, 0))
            if process is not None and process.poll() is None:
                continue
            if not _is_free(folder):
                continue  # one that an earlier scheduler started is still at work
            if starts >= MOST_STARTS:
                _give_up(folder)
                self._started.pop(folder.name, None)
                continue
            self._started[folder.name] = _start(folder), starts + 1
        return self._any


def _wanting() -> list[Path]:
    folder = workspace.home() / "studies"
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return [folder / name for name in sorted(names) if name[0] != "." and (folder / name / GOES_ON).exists()]


def _is_free(folder: Path) -> bool:
    try:
        return driver_lock(folder).is_free()
    except OSError:  # nor could a driver write there
        return False


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    log.info("study %s gets a driver", folder.name)
    with (folder / "log.txt").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "core", "drive", str(folder)], cwd=workspace.PROJECT, stdout=output, stderr=output,
            stdin=subprocess.DEVNULL, start_new_session=True, env=os.environ | {"GRAFT_HOME": str(workspace.home())},
        )  # fmt: skip


def _give_up(folder: Path) -> None:
    """A driver that ends again and again without having said why."""
    log.error("the driver of study %s ended %d times; the study is held", folder.name, MOST_STARTS)
    workspace.write_json(folder / "error.json", {
        "message": f"The process that looks for the next runs ended {MOST_STARTS} times without a word.",
        "hint": f"Go on to try again; {folder / 'log.txt'} may say why.",
    })  # fmt: skip
    os.replace(folder / GOES_ON, folder / HELD)
