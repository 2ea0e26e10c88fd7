"""An export made by a process of its own, so that the app holds no second model and goes on while it is measured."""

import json
import subprocess
import sys
from collections.abc import Callable

from core import workspace
from core.errors import GraftError
from core.runs.folder import Run


def export_aside(run: Run, name: str, allowed: float, tell: Callable[[str], object]) -> None:
    """Export a run by the command; how it was measured then stands in the run's folder. It goes on where the caller leaves.

    Args:
        tell: gets each line that it says on the way.

    Raises:
        GraftError: what the command says, where it was refused or went wrong.
    """
    command = [sys.executable, "-m", "core", "export", run.id, "--format", name, "--allow", f"{allowed:g}", "--json"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        cwd=workspace.PROJECT, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout and process.stderr
        for line in process.stderr:
            if line.strip() and not line.startswith("Error: "):
                tell(line.strip())
        told = process.stdout.read()
    if process.returncode:
        raise _failure(told)


def _failure(told: str) -> GraftError:
    try:
        error = json.loads(told)["error"]
        return GraftError(str(error["message"]), str(error["hint"]))
    except (ValueError, KeyError, TypeError):
        return GraftError("The export ended without a word.", "See whether `python -m core export` says why.")
