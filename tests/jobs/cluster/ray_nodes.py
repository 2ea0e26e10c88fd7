"""A real Ray cluster on this machine for tests: a head and further nodes, each a raylet with its own processes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from tests.processes import free_port

RAY = str(Path(sys.executable).parent / "ray")
STORE = str(80 * 2**20)  # bytes of Ray's own store, which Graft does not use


class Nodes:
    """A cluster; everything it started is ended with it.

    Args:
        token: that its API asks for.
    """

    def __init__(self, token: str = ""):
        self.folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # names of sockets may not be long
        self.port, self.dashboard = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.dashboard}"
        self.token = self.folder / "token"
        self.token.write_text(token)
        self.nodes: list[subprocess.Popen[bytes]] = []
        self.env = os.environ | {"RAY_USAGE_STATS_ENABLED": "0", "RAY_health_check_period_ms": "1000"}
        self.env |= {"RAY_health_check_failure_threshold": "3", "RAY_health_check_initial_delay_ms": "1000"}
        self.env |= (
            {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(self.token)}
            if token
            else {"RAY_AUTH_MODE": "disabled"}
        )
        for name in ("GRAFT_HOME", "GRAFT_NO_SCHEDULER"):
            self.env.pop(name, None)

    def start_head(self, cpus: int = 1) -> None:
        """The head, with a node of its own that carries out runs where ``cpus`` is above 0."""
        head = self._start(
            "--head", f"--port={self.port}", f"--dashboard-port={self.dashboard}", "--dashboard-host=127.0.0.1",
            f"--num-cpus={cpus}", f"--temp-dir={self.folder}/t",
        )  # fmt: skip
        until = time.monotonic() + 300
        while not self._answers():
            assert time.monotonic() < until and head.poll() is None, self.printed()
            time.sleep(0.3)

    def add(self, cpus: int = 1) -> subprocess.Popen[bytes]:
        """A further node."""
        return self._start(f"--address=127.0.0.1:{self.port}", f"--num-cpus={cpus}")

    def kill(self, node: subprocess.Popen[bytes]) -> None:
        """As a machine that loses its power: every process of it at once, SIGKILL."""
        self._kill_tree(node)

    def end(self) -> None:
        for node in self.nodes:
            self._kill_tree(node)
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if any(str(self.folder) in word for word in process.cmdline()) and process.pid != os.getpid():
                    process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def printed(self) -> str:
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.out")))

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{len(self.nodes)}.out").open("wb") as output:
            node = subprocess.Popen(
                [RAY, "start", *words, "--block", f"--object-store-memory={STORE}", "--disable-usage-stats"],
                env=self.env, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.nodes.append(node)
        return node

    def _answers(self) -> bool:
        headers = {"Authorization": f"Bearer {self.token.read_text()}"}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"{self.address}/api/jobs/", headers=headers), timeout=5
            ):
                return True
        except OSError:
            return False

    def _kill_tree(self, node: subprocess.Popen[bytes]) -> None:
        with suppress(psutil.Error):
            for process in psutil.Process(node.pid).children(recursive=True):
                with suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL)
        node.kill()
        node.wait()
