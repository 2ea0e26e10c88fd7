"""An export made by a process of its own, so that the app holds no second model and goes on while it is measured."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core import workspace
from core.errors import GraftError
from core.runs.folder import Run

LOOKED = 0.3  # seconds between two looks at what it says


def export_aside(run: Run, name: str, allowed: float, tell: Callable[[str], object]) -> None:
    """Export a run by the command; how it was measured then stands in the run's folder.

    It writes into files, not into a pipe: where the caller leaves, because a visitor went to another page, it goes on.

    Args:
        tell: gets the newest line that it said.

    Raises:
        GraftError: what the command says, where it was refused or went wrong.
    """
    answer, log = (workspace.folder("exporting") / f"{run.id}-{name}.{ending}" for ending in ("json", "log"))
    command = [sys.executable, "-m", "core", "export", run.id, "--format", name, "--allow", f"{allowed:g}", "--json"]
    with answer.open("wb") as output, log.open("wb") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=said, start_new_session=True,
            cwd=workspace.PROJECT, env=os.environ | {"GRAFT_HOME": str(workspace.home())},
        )  # fmt: skip
    while process.poll() is None:
        if line := _last_line(log):
            tell(line)
        time.sleep(LOOKED)
    if process.returncode:
        raise _failure(answer)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip().endswith("…")), "")


def _failure(answer: Path) -> GraftError:
    try:
        error = json.loads(answer.read_text(encoding="utf-8"))["error"]
        return GraftError(str(error["message"]), str(error["hint"]))
    except (OSError, ValueError, KeyError, TypeError):
        return GraftError("The export ended without a word.", "See whether `python -m core export` says why.")
