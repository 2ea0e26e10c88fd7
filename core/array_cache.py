"""Arrays that were costly to compute, kept on disk by name, read back memory-mapped, the oldest dropped when it gets too much."""

import json
import logging
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core import workspace

log = logging.getLogger("graft.cache")

SUMS = "sums.json"  # CRC-32 of each file of an entry; entries of earlier versions have none
FACTS = "told"  # array of an entry that holds plain facts
PIECE = 4 * 2**20  # bytes that are summed at once
MOST_BYTES = 4 * 2**30  # all arrays of one kind together

ABANDONED = 86400.0  # seconds after which a half-written entry is nobody's


class ArrayCache:
    """One kind of arrays, each under a key that names everything it depends on.

    Args:
        kind: folder inside the workspace's cache.
        most_bytes: what this kind may take on disk; the entries used longest ago go first.
    """

    def __init__(self, kind: str, most_bytes: int = MOST_BYTES):
        self.folder, self.most_bytes = workspace.home() / "cache" / kind, most_bytes

    def get(self, key: str) -> dict[str, np.ndarray] | None:
        """The arrays under ``key``, mapped into memory; None where they are not kept or not whole.

        An entry whose bytes are not those that were written is dropped, so that it can be computed anew.
        """
        entry = self.folder / key
        if not entry.exists():
            return None
        try:
            arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(entry.glob("*.npy"))}
            whole = bool(arrays) and _is_as_written(entry)
        except (OSError, ValueError, EOFError):
            whole = False
        if not whole:
            log.warning("%s was damaged and is computed anew", entry)
            self.drop(key)
            return None
        with suppress(OSError):  # only says that it was used
            os.utime(entry)
        return arrays

    def put(self, key: str, arrays: Mapping[str, np.ndarray]) -> bool:
        """Keep ``arrays``; False, and nothing kept, where they are too many bytes or the disk is full."""
        size = sum(array.nbytes for array in arrays.values())
        if not self.fits(size):
            return False
        try:
            aside = self._aside()
        except OSError:  # a place that cannot be written
            return False
        try:
            for name, array in arrays.items():
                np.save(aside / f"{name}.npy", array)
            self.adopt(key, aside)
        except OSError:  # a full disk: the run goes on without
            shutil.rmtree(aside, ignore_errors=True)
            return False
        return True

    def drop(self, key: str) -> None:
        """Forget the entry ``key``, if there is one."""
        entry = self.folder / key
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with suppress(OSError):
                entry.unlink(missing_ok=True)

    def begin(self, name: str, shape: tuple[int, ...], kind: type) -> tuple[Path, np.ndarray]:
        """A folder aside with one writable array on disk, for ``adopt`` once it is filled."""
        aside = self._aside()
        return aside, np.lib.format.open_memmap(aside / f"{name}.npy", mode="w+", dtype=kind, shape=shape)

    def fits(self, size: int) -> bool:
        """Whether ``size`` more bytes may be kept: within the kind's share, and a tenth of the disk left free."""
        disk = shutil.disk_usage(next(path for path in (self.folder, *self.folder.parents) if path.exists()))
        return size <= self.most_bytes and disk.free - size > disk.total // 10

    def adopt(self, key: str, aside: Path) -> None:
        """Make the folder ``aside``, filled with ``.npy`` files, the entry ``key``, and drop what is too much."""
        entry = self.folder / key
        (aside / SUMS).write_text(json.dumps(_sums(aside)), encoding="utf-8")
        if entry.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.rename(aside, entry)
        self._make_room(entry)

    def _aside(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self.folder, prefix=".new-"))

    def _make_room(self, newest: Path) -> None:
        entries = [path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        entries.sort(key=lambda path: -path.stat().st_mtime)
        for left in self.folder.glob(".new-*"):  # of a process that was killed
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
        total = 0
        for path in entries:
            total += sum(file.stat().st_size for file in path.glob("*.npy"))
            if total > self.most_bytes and path != newest:
                shutil.rmtree(path, ignore_errors=True)


def _sums(entry: Path) -> dict[str, int]:
    """CRC-32 of each array's file."""
    return {path.name: _sum(path, *_mark(path)) for path in sorted(entry.glob("*.npy"))}


def _is_as_written(entry: Path) -> bool:
    """Whether the files have the sums that were noted when they were written; each file is read once a process for it."""
    if not (entry / SUMS).exists():
        return True
    return bool(json.loads((entry / SUMS).read_bytes()) == _sums(entry))


def _mark(path: Path) -> tuple[int, int, int]:
    """Changes whenever a file does."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=4096)
def _sum(path: Path, inode: int, changed: int, size: int) -> int:
    total = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            total = zlib.crc32(piece, total)
    return total


def with_facts(arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Arrays to be kept together with plain facts about them, which go as bytes of JSON among them."""
    return {**arrays, FACTS: np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)}


def facts_in(arrays: Mapping[str, np.ndarray]) -> dict[str, Any] | None:
    """What ``with_facts`` put among kept arrays; None where there is nothing of the kind."""
    return json.loads(bytes(arrays[FACTS])) if FACTS in arrays else None
