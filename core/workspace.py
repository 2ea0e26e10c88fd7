"""Where Graft keeps its data: one folder, named by ``GRAFT_HOME``; and how files and folders are replaced whole."""

import ctypes
import errno
import json
import logging
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from core.errors import GraftError, StorageError

log = logging.getLogger("graft.workspace")

PROJECT = Path(__file__).resolve().parent.parent
PRIVATE = 0o700  # whoever cannot enter the workspace cannot read what lies in it, whatever its own rights
ABANDONED = 3600.0  # seconds after which a half-written file or folder is that of a process that was killed


Kept = TypeVar("Kept")


def home() -> Path:
    """The workspace folder (``GRAFT_HOME``, default ``workspace/`` beside the app), made when missing.

    Raises:
        StorageError: when it cannot be made.
    """
    path = Path(os.environ.get("GRAFT_HOME") or PROJECT / "workspace").expanduser().resolve()
    return _made(path)


def folder(*parts: str) -> Path:
    """A folder inside the workspace, made when missing.

    Raises:
        StorageError: when it cannot be made.
    """
    return _made(home().joinpath(*parts))


def _made(path: Path) -> Path:
    """A folder that only its owner can enter where it is made here, so that no other user of the machine reads texts in it."""
    if not path.is_dir():
        with writing(path):
            for missing in reversed([path, *(above for above in path.parents if not above.exists())]):
                missing.mkdir(mode=PRIVATE, exist_ok=True)
    return path


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in words what the system says where the block cannot write ``path``.

    Raises:
        StorageError: where the block raises an OSError, or anything on a full disk (some libraries then raise errors
            of their own); it names the path and the reason.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error
    except Exception as error:
        if isinstance(error, GraftError) or not _is_full(path, error):
            raise
        raise storage_error(OSError(errno.ENOSPC, ""), path) from error


def _is_full(path: Path, error: Exception) -> bool:
    """Whether the disk of ``path`` has no room left, as far as the system or the error says."""
    if "No space left on device" in str(error):
        return True
    try:
        return shutil.disk_usage(next(above for above in path.parents if above.exists())).free < 64 * 1024
    except (OSError, StopIteration):
        return False


def storage_error(error: OSError, path: Path | None = None) -> StorageError:
    """What an OSError of reading or writing means for a user.

    Args:
        path: what was to be written; by default what the error itself names.
    """
    where = str(path or error.filename or "A file")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"{where} cannot be written: the disk is full.", "Free some space, then try again.")
    reasons = {
        errno.EROFS: "its disk can only be read",
        errno.EACCES: "there is no permission",
        errno.EPERM: "there is no permission",
        errno.ENAMETOOLONG: "the name is too long",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error) or type(error).__name__)
    hint = "Choose another place, or make this one writable." if path else "Look at this path."
    return StorageError(f"{where} cannot be {'written' if path else 'used'}: {reason}.", hint)


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Replace ``path`` atomically with what the block writes: aside, flush to disk, rename.

    A reader sees the old or the new file, never half of one; where the block raises, the old file stays.

    Yields:
        The path to write to, beside ``path`` and with the same ending.

    Raises:
        StorageError: when it cannot be written: a full disk, a disk that can only be read, ...
    """
    with writing(path):
        aside = _aside(path)
        try:
            yield aside
            if path.is_relative_to(home()):
                aside.chmod(PRIVATE & 0o666)
            _flush(aside)
            os.replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def replace_folder(path: Path) -> Iterator[Path]:
    """Replace the folder ``path`` with the one that the block fills; where the block raises, the old one stays.

    Files and folders have reached the disk before the new one takes the name, and the name before this returns. Where
    the system can exchange two folders there is no moment with neither; elsewhere the old one waits under a hidden
    name that ``recover_folder`` knows.

    Yields:
        An empty folder beside ``path``.

    Raises:
        StorageError: when it cannot be written.
    """
    with writing(path):
        aside = _aside(path)
        aside.mkdir(mode=PRIVATE if path.is_relative_to(home()) else 0o777)
        try:
            yield aside
            for entry in [*aside.rglob("*"), aside]:
                _flush(entry)
            _take_place(aside, path)
            _flush(path.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def recover_folder(path: Path) -> None:
    """Bring back what a process that was killed in the middle of ``replace_folder`` had moved out of the way."""
    waiting = _old_name(path)
    if waiting.is_dir() and not path.exists():
        with writing(path):
            os.rename(waiting, path)


def _take_place(aside: Path, path: Path) -> None:
    """Give the folder ``aside`` the name ``path``; what had it goes."""
    old = _old_name(path)
    recover_folder(path)
    if not path.exists():
        os.rename(aside, path)
    elif not _exchange(aside, path):  # where exchanged, the old one is now aside and goes with it
        os.rename(path, old)  # a folder that is not empty cannot be renamed over
        try:
            os.rename(aside, path)
        except OSError:
            os.rename(old, path)
            raise
    shutil.rmtree(old, ignore_errors=True)


def _old_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")


def _exchange(a: Path, b: Path) -> bool:
    """Let two folders take each other's name in one step; False where the system cannot (renameat2, Linux)."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # glibc from 2.28 on
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return renameat2 is not None and renameat2(here, os.fsencode(a), here, os.fsencode(b), exchange) == 0


def discard(path: Path, kind: str) -> None:
    """Move a folder to the trash; an earlier one of its kind and name there goes for good.

    Args:
        kind: the folder of the workspace that it belongs to, such as runs.
    """
    target = folder("trash", kind) / path.name
    with writing(target):
        shutil.rmtree(target, ignore_errors=True)
        os.rename(path, target)


def bring_back(name: str, kind: str) -> Path | None:
    """Take a folder out of the trash to where its kind belongs; None where the trash does not hold it."""
    source = folder("trash", kind) / name
    if not source.exists():
        return None
    target = folder(kind) / name
    with writing(target):
        os.rename(source, target)
    return target


def write_bytes(path: Path, content: bytes) -> None:
    """Replace ``path`` atomically with ``content``."""
    with replace_file(path) as aside:
        aside.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Replace ``path`` atomically with ``value`` as JSON (UTF-8; NaN is refused, so nothing unreadable is written)."""
    write_bytes(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode())


def put_json(path: Path, value: Any) -> None:
    """Write ``value`` as JSON to a path that nobody reads yet; see ``kept``."""
    path.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def read_json(path: Path) -> Any | None:
    """The JSON in ``path``; None where the file is missing, cannot be read or is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def read_kept(path: Path, read: Callable[[Path], Kept]) -> Kept | None:
    """What ``read`` makes of a file that can be computed anew; None where it is missing or damaged.

    A damaged one is removed, so that the new one can take its place: a cache is never a reason to fail.
    """
    if not os.path.lexists(path):
        return None
    try:
        return read(path)
    except Exception as error:  # whatever a reader makes of damaged bytes
        log.warning("%s was damaged (%s) and is computed anew", path, str(error).splitlines()[:1])
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        return None


def read_kept_json(path: Path, kind: type[Kept]) -> Kept | None:
    """JSON of one kind (dict or list) that can be computed anew; as ``read_kept``."""

    def read(path: Path) -> Kept:
        value = json.loads(path.read_bytes())
        if not isinstance(value, kind):
            raise ValueError(f"it holds no {kind.__name__}")
        return value

    return read_kept(path, read)


def kept(
    path: Path, read: Callable[[Path], Kept], make: Callable[[], Kept], write: Callable[[Path, Kept], object]
) -> Kept:
    """What an earlier call kept in ``path``, or what ``make`` gives now, kept there where the place can be written.

    Args:
        path: in the workspace's caches; its folders are made when missing.
    """
    value = read_kept(path, read)
    if value is None:
        value = make()
        with suppress(StorageError), replace_file(path) as aside:
            write(aside, value)
    return value


def _aside(path: Path) -> Path:
    """A fresh hidden name beside ``path`` with its ending, which tells some writers the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path, ABANDONED)
    return path.with_name(f".{path.stem}.{secrets.token_hex(8)}.new{path.suffix}")


def sweep(path: Path, age: float = 0.0) -> None:
    """Remove what killed processes left half-written beside ``path``.

    Args:
        age: seconds since something was last written there; 0 where the caller knows that nobody else writes ``path``.
    """
    front, back = f".{path.stem}.", f".new{path.suffix}"
    try:
        names = os.listdir(path.parent)
    except FileNotFoundError:
        return
    for name in names:
        if name.startswith(front) and name.endswith(back) and len(name) == len(front) + 16 + len(back):
            _remove_abandoned(path.with_name(name), age)


def _remove_abandoned(leftover: Path, age: float) -> None:
    try:
        if time.time() - leftover.stat().st_mtime < age:
            return
    except FileNotFoundError:  # its writer was quicker
        return
    if leftover.is_dir():
        shutil.rmtree(leftover, ignore_errors=True)
    else:
        leftover.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Make sure that the content of a file, or the names in a folder, have reached the disk."""
    if path.is_dir():
        if os.name == "nt":  # folders cannot be opened there
            return
        descriptor = os.open(path, os.O_RDONLY)
    else:
        descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
