"""An export made by a process of its own, so that the app holds no second model and goes on while it is measured."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import workspace
from core.errors import GraftError
from core.jobs.process import identity, is_alive
from core.runs.folder import Run

LOOKED = 0.3  # seconds between two looks at what it says

_starting = threading.Lock()  # each visit of the app has a thread of its own


def export_aside(run: Run, name: str, allowed: float, tell: Callable[[str], object]) -> None:
    """Export a run by the command; how it was measured then stands in the run's folder.

    It writes into files, not into a pipe: where the caller leaves, because a visitor went to another page, it goes on; who asks
    for the same meanwhile waits for it, and no second one is started.

    Args:
        tell: gets the newest line that it said.

    Raises:
        GraftError: what the command says, where it was refused or went wrong.
    """
    folder = workspace.folder("exporting")
    answer, log, who_file = (folder / f"{run.id}-{name}.{ending}" for ending in ("json", "log", "who"))
    process = None
    with _starting:
        who = workspace.read_json(who_file)
        if not isinstance(who, dict) or not is_alive(who):
            process, who = _start(run, name, allowed, answer, log)
            workspace.write_json(who_file, who)
    while is_alive(who):
        if line := _last_line(log):
            tell(line)
        time.sleep(LOOKED)
    if process is not None:
        process.wait()
    _check(answer)


def _start(
    run: Run, name: str, allowed: float, answer: Path, log: Path
) -> "tuple[subprocess.Popen[bytes], dict[str, Any]]":
    command = [sys.executable, "-m", "core", "export", run.id, "--format", name, "--allow", f"{allowed:g}", "--json"]
    with answer.open("wb") as output, log.open("wb") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=said, start_new_session=True,
            cwd=workspace.PROJECT, env=os.environ | {"GRAFT_HOME": str(workspace.home())},
        )  # fmt: skip
    return process, identity(process.pid)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip().endswith("…")), "")


def _check(answer: Path) -> None:
    """Raise what the command said, where it did not end well."""
    try:
        told = json.loads(answer.read_text(encoding="utf-8"))
        error = told.get("error")
    except (OSError, ValueError, AttributeError):
        error = {"message": "The export ended without a word.", "hint": "See whether `python -m core export` says why."}
    if error:
        raise GraftError(str(error["message"]), str(error["hint"]))
