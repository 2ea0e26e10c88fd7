"""Is this machine ready? One look at everything that a run needs."""

import os
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

from core import workspace
from core.errors import StorageError
from core.models.sources import check_source, is_offline
from core.training.devices import default_device

PACKAGES = ("torch", "transformers", "streamlit", "plotly", "pandas", "scikit-learn", "mlflow-skinny")
TRIED = 8  # MiB that are written to see whether there is room
LEAST_MEMORY, LEAST_DISK = 3 * 1024, 2 * 1024  # MiB


def examine() -> dict[str, Any]:
    """``device``, ``ok`` and ``checks`` (name, ok, message): everything in words."""
    checks = [_python(), _packages(), _memory(), _disk(), _workspace(), _private(), _source(), _network()]
    device = default_device()
    checks.insert(0, {"name": "device", "ok": True, "message": device.sentence})
    return {"device": device.name, "ok": all(check["ok"] for check in checks), "checks": checks}


def _python() -> dict[str, Any]:
    running = ".".join(map(str, sys.version_info[:3]))
    return {
        "name": "python",
        "ok": sys.version_info >= (3, 11),
        "message": f"Python {running}; 3.11 or newer is needed.",
    }


def _packages() -> dict[str, Any]:
    installed, missing = [], []
    for name in PACKAGES:
        try:
            installed.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    message = ", ".join(installed) + (f"; missing: {', '.join(missing)}" if missing else "")
    return {"name": "versions", "ok": not missing, "message": message}


def _memory() -> dict[str, Any]:
    free = psutil.virtual_memory().available // 2**20
    message = f"{free / 1024:.1f} GiB of memory free; fine-tuning the built-in model needs about 1.5 GiB."
    return {"name": "memory", "ok": free >= LEAST_MEMORY, "message": message}


def _disk() -> dict[str, Any]:
    try:
        home = workspace.home()
        free = shutil.disk_usage(home).free // 2**20
    except (OSError, StorageError) as error:
        return {"name": "disk", "ok": False, "message": f"The workspace cannot be looked at: {error}"}
    return {"name": "disk", "ok": free >= LEAST_DISK, "message": f"{free / 1024:.1f} GiB free in {home}."}


def _workspace() -> dict[str, Any]:
    """Whether as much can be written as a small checkpoint needs: an empty file fits on a full disk."""
    try:
        home = workspace.home()
        with workspace.writing(home), tempfile.NamedTemporaryFile(dir=home) as file:
            for _ in range(TRIED):
                file.write(os.urandom(2**20))  # some disks keep zeros in no room
            file.flush()
            os.fsync(file.fileno())
        return {"name": "workspace", "ok": True, "message": f"{home} can be written."}
    except StorageError as error:
        message = f"{error.message} {error.hint} Or set GRAFT_HOME to another folder."
        return {"name": "workspace", "ok": False, "message": message}


def _private() -> dict[str, Any]:
    """Whether others on this machine can look into the workspace: one of an early version let them."""
    try:
        home = workspace.home()
        open_to_others = os.name == "posix" and home.stat().st_mode & 0o077
    except (OSError, StorageError) as error:
        return {"name": "private", "ok": True, "message": f"The workspace's rights cannot be read: {error}."}
    if open_to_others:
        message = f"Other users of this machine can look into {home}; `chmod 700 '{home}'` closes it."
        return {"name": "private", "ok": True, "message": message}
    return {"name": "private", "ok": True, "message": "Only you can look into the workspace."}


def _source() -> dict[str, Any]:
    info = check_source("minilm")
    return {"name": "source", "ok": info.available, "message": info.sentence if info.available else info.why_not}


def _network() -> dict[str, Any]:
    """Offline is a normal state: it is said, and never a fault."""
    if is_offline():
        message = "Offline by setting: the built-in model, those from packages, local folders and cached Hub models can be used."
    else:
        message = "Hub models are fetched when a run asks for one; everything else works without a network."
    return {"name": "network", "ok": True, "message": message}
