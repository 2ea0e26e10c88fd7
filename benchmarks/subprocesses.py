"""Contenders as processes of their own: what a child printed, how long it took, and the most memory it held."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that has ended well: the JSON of its last line (empty where there was none), seconds, peak MiB."""

    value: dict[str, Any]
    seconds: float
    peak_mib: float


def run_child(words: list[str], env: Mapping[str, str] | None = None) -> Ended:
    """Run a child Python to its end; a failing one ends the benchmark with what it said.

    The peak is the child's own ``ru_maxrss``. A child inherits its parent's size at the moment it starts, so what calls
    this must not hold a model itself.
    """
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        child = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=os.environ | dict(env or {}), stdout=output)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().strip()
    if child.returncode:
        sys.exit(f"{' '.join(words)} failed ({child.returncode}): {said[-2000:]}")
    last = said.splitlines()[-1] if said else ""
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB elsewhere
    return Ended(json.loads(last) if last.startswith("{") else {}, seconds, usage.ru_maxrss / unit)
