"""Where Graft keeps its data: one folder, named by ``GRAFT_HOME``; and how files and folders are replaced whole."""

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
ABANDONED = 3600.0  # seconds after which a half-written file or folder is that of a process that was killed


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


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Replace ``path`` atomically with what the block writes: aside, flush to disk, rename.

    A reader sees the old or the new file, never half of one; where the block raises, the old file stays.

    Yields:
        The path to write to, beside ``path`` and with the same ending.
    """
    aside = _aside(path)
    try:
        yield aside
        _flush(aside)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def replace_folder(path: Path) -> Iterator[Path]:
    """Replace the folder ``path`` with the one that the block fills; where the block raises, the old one stays.

    Yields:
        An empty folder beside ``path``.
    """
    aside, old = _aside(path), _aside(path)
    aside.mkdir()
    try:
        yield aside
        for file in aside.rglob("*"):
            if file.is_file():
                _flush(file)
        if path.exists():
            os.rename(path, old)  # a folder that is not empty cannot be renamed over
        os.rename(aside, path)
    except BaseException:
        if old.exists() and not path.exists():
            os.rename(old, path)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace ``path`` atomically with ``content``."""
    with replace_file(path) as aside:
        aside.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Replace ``path`` atomically with ``value`` as JSON (UTF-8; NaN is refused, so nothing unreadable is written)."""
    write_bytes(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode())


def read_json(path: Path) -> Any | None:
    """The JSON in ``path``; None where the file is missing or is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, UnicodeDecodeError):
        return None


def _aside(path: Path) -> Path:
    """A fresh hidden name beside ``path`` with its ending, which tells some writers the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    return path.with_name(f".{path.stem}.{secrets.token_hex(8)}.new{path.suffix}")


def _sweep(path: Path) -> None:
    """Remove what killed processes left half-written beside ``path``."""
    front, back = f".{path.stem}.", f".new{path.suffix}"
    for name in os.listdir(path.parent):
        if name.startswith(front) and name.endswith(back) and len(name) == len(front) + 16 + len(back):
            _remove_abandoned(path.with_name(name))


def _remove_abandoned(leftover: Path) -> None:
    try:
        if time.time() - leftover.stat().st_mtime < ABANDONED:
            return
    except FileNotFoundError:  # its writer was quicker
        return
    if leftover.is_dir():
        shutil.rmtree(leftover, ignore_errors=True)
    else:
        leftover.unlink(missing_ok=True)


def _flush(file: Path) -> None:
    """Make sure that the content of a file has reached the disk."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())
