"""The app as a server of its own for tests in a browser, and a workspace for it."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT
from tests.processes import Graft, free_port, wait

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Server:
    """The app on a free port; it can be killed and started again."""

    def __init__(self, graft: Graft):
        self.graft = graft
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.graft.env, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        wait(self._answers, 90)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


def workspace(folder: Path) -> Iterator[Graft]:
    """The command line on a workspace in a folder, for a fixture."""
    graft = Graft(folder / "home")
    yield graft
    graft.end()


def serving(graft: Graft) -> Iterator[Server]:
    """The app on a workspace, for a fixture."""
    server = Server(graft)
    yield server
    server.kill()


def open_tab(page, name: str) -> None:
    """Click a tab until it is the open one: a page that is just being drawn anew may not have heard the first click."""
    for _ in range(6):
        page.get_by_role("tab", name=name).click()
        for _ in range(100):
            if page.get_by_role("tab", name=name, selected=True).count():
                return
            page.wait_for_timeout(100)
    raise AssertionError(f"the tab {name} does not open")
