"""Where Graft keeps its data: one folder, named by ``GRAFT_HOME``."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The workspace folder (``GRAFT_HOME``, default ``workspace/`` beside the app), made when missing."""
    path = Path(os.environ.get("GRAFT_HOME") or PROJECT / "workspace").expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def folder(*parts: str) -> Path:
    """A folder inside the workspace, made when missing."""
    path = home().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_bytes(path: Path, content: bytes) -> None:
    """Replace ``path`` atomically: write aside, flush to disk, rename. A reader sees the old or the new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Replace ``path`` atomically with ``value`` as JSON (UTF-8; NaN is refused, so nothing unreadable is written)."""
    write_bytes(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode())


def read_json(path: Path) -> Any | None:
    """The JSON in ``path``; None where the file is missing or is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, UnicodeDecodeError):
        return None
