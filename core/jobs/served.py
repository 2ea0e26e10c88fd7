"""What is served for a run by a process of its own: started from the app, found again after a rerun or a reload, stopped for sure."""

import json
import os
import subprocess
import sys
import threading
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
_spawning = threading.Lock()  # each visit of the app has a thread of its own


@dataclass(frozen=True, slots=True)
class Served:
    """One that is being served: where it answers, and which process does."""

    address: str
    who: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """One kind of serving, for one run.

    Attributes:
        folder: of the workspace, where it is written down who serves.
        command: of `python -m core`, which takes the run, and notes the address once it answers.
        title: how a message calls it, such as "The presentation".
    """

    folder: str
    command: str
    title: str
    run: Run

    def running(self) -> Served | None:
        """The one that is being served now."""
        kept = workspace.read_json(self._file)
        if not isinstance(kept, dict) or not isinstance(kept.get("address"), str) or not is_alive(kept.get("who")):
            return None
        return Served(kept["address"], kept["who"])

    def note(self, address: str) -> None:
        """Write down that this process serves, for ``running``; only the owner of the workspace can read the address."""
        workspace.write_json(self._file, {"address": address, "who": identity()})
        os.chmod(self._file, 0o600)

    def forget(self) -> None:
        """Take away what ``note`` wrote, where this process wrote it."""
        kept = workspace.read_json(self._file)
        if isinstance(kept, dict) and isinstance(kept.get("who"), dict) and kept["who"].get("pid") == os.getpid():
            self._file.unlink(missing_ok=True)

    def start(self, *arguments: str) -> Served:
        """Serve on a free port of this machine; what is served already, or about to be, comes back: a second click starts no second.

        Args:
            arguments: of the command, beside the run.

        Raises:
            GraftError: when it cannot be served, with the reason.
        """
        if there := self.running():
            return there
        with _spawning:
            who = workspace.read_json(self._starting)
            if not isinstance(who, dict) or not is_alive(who):
                who = self._spawn(*arguments)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            ended = not is_alive(who)
            if (there := self.running()) and not ended:
                return there
            if ended:
                raise self._failure()
            time.sleep(0.1)
        _end(who["pid"])
        raise GraftError(f"{self.title} did not start in time.", "Try again when the machine is less busy.")

    def stop(self) -> None:
        """End it; its address is worth nothing from then on."""
        there, starting = self.running(), workspace.read_json(self._starting)
        for who in (there.who if there else None, starting):
            if isinstance(who, dict) and is_alive(who):
                _end(who["pid"])
        self._starting.unlink(missing_ok=True)
        _started[:] = [process for process in _started if process.poll() is None]
        self._file.unlink(missing_ok=True)

    def _spawn(self, *arguments: str) -> dict[str, Any]:
        """Start the process, and write down who it is before anybody can ask for a second."""
        command = [sys.executable, "-m", "core", self.command, self.run.id, *arguments, "--json"]
        log = self._log
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        with open(log, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as output:  # secrets may be in it
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, start_new_session=True,
                cwd=workspace.PROJECT, env=os.environ | {"GRAFT_HOME": str(workspace.home())},
            )  # fmt: skip
        _started[:] = [earlier for earlier in _started if earlier.poll() is None] + [process]
        who = identity(process.pid)
        workspace.write_json(self._starting, who)
        return who

    def _failure(self) -> GraftError:
        """Why it ended, as it said itself."""
        try:
            error = json.loads(self._log.read_text(encoding="utf-8"))["error"]
            return GraftError(str(error["message"]), str(error["hint"]))
        except (OSError, ValueError, KeyError, TypeError):
            return GraftError(
                f"{self.title} could not be started.", f"See whether `python -m core {self.command}` says why."
            )

    @property
    def _file(self) -> Path:
        return workspace.home() / self.folder / f"{self.run.id}.json"

    @property
    def _starting(self) -> Path:
        """The process that was started last."""
        return self._file.with_suffix(".starting")

    @property
    def _log(self) -> Path:
        """What it says."""
        return self._file.with_suffix(".log")


def _end(pid: int) -> None:
    """Ask a process to end, and make it where it does not."""
    try:
        process = psutil.Process(pid)
        process.terminate()
        try:
            process.wait(GRACE)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(GRACE)
    except psutil.NoSuchProcess:
        pass
