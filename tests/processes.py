"""Real processes for tests: the command line as a child, and waiting for what it does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.conftest import ROOT


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Graft:
    """The command line on a workspace of its own; everything it started is ended with it."""

    def __init__(self, home: Path):
        self.home = home
        dropped = ("GRAFT_NO_SCHEDULER", "MLFLOW_TRACKING_URI")
        self.env = {key: value for key, value in os.environ.items() if key not in dropped}
        self.env |= {"GRAFT_HOME": str(home), "HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "default"}

    def call(self, *words: str, expect: int = 0) -> dict:
        """One command with ``--json``; its JSON object."""
        done = subprocess.run(
            [sys.executable, "-m", "core", *words, "--json"], cwd=ROOT, env=self.env, capture_output=True, text=True,
            timeout=390,
        )  # fmt: skip
        assert done.returncode == expect, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return json.loads(done.stdout)

    def show(self, run: str) -> dict:
        return self.call("runs", "show", run)

    def status(self, run: str) -> dict:
        """The status as it lies on disk, without waking a scheduler."""
        return json.loads((self.home / "runs" / run / "status.json").read_text())

    def wait_state(self, run: str, *states: str, seconds: float = 150) -> str:
        return wait(lambda: (s := self.status(run)["state"]) in states and s, seconds, lambda: self.tail(run))

    def wait_step(self, run: str, step: int, seconds: float = 90) -> int:
        return wait(lambda: (n := self.status(run).get("step") or 0) >= step and n, seconds, lambda: self.tail(run))

    def tail(self, run: str) -> str:
        log = self.home / "runs" / run / "log.txt"
        return f"{self.status(run)}\n{log.read_text()[-2000:] if log.exists() else ''}"

    def processes(self, word: str) -> list[psutil.Process]:
        """Living processes `python -m core <word>` of this workspace."""
        found = []
        for process in psutil.process_iter():
            try:
                line = process.cmdline()
                ours = "core" in line and word in line and process.environ().get("GRAFT_HOME") == str(self.home)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def kill(self, word: str) -> None:
        """SIGKILL, as a crash or an impatient person does it."""
        found = self.processes(word)
        assert found, f"no {word} process to kill"
        for process in found:
            process.send_signal(signal.SIGKILL)

    def end(self) -> None:
        for word in ("scheduler", "drive", "worker", "flusher", "start"):
            for process in self.processes(word):
                process.kill()


def wait(condition: Callable[[], object], seconds: float, explain: Callable[[], str] = str) -> object:
    """The first true value of ``condition``; a failure with an explanation after ``seconds``."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain\n{explain()}")
