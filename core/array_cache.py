"""Arrays that were costly to compute, kept on disk by name, read back memory-mapped, the oldest dropped when it gets too much."""

import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core import workspace

MOST_BYTES = 4 * 2**30  # all arrays of one kind together

ABANDONED = 86400.0  # seconds after which a half-written entry is nobody's


class ArrayCache:
    """One kind of arrays, each under a key that names everything it depends on.

    Args:
        kind: folder inside the workspace's cache.
        most_bytes: what this kind may take on disk; the entries used longest ago go first.
    """

    def __init__(self, kind: str, most_bytes: int = MOST_BYTES):
        self.folder, self.most_bytes = workspace.folder("cache", kind), most_bytes

    def get(self, key: str) -> dict[str, np.ndarray] | None:
        """The arrays under ``key``, mapped into memory; None where they are not kept or not whole."""
        entry = self.folder / key
        try:
            arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(entry.glob("*.npy"))}
            os.utime(entry)
        except (OSError, ValueError, EOFError):
            return None
        return arrays or None

    def put(self, key: str, arrays: Mapping[str, np.ndarray]) -> bool:
        """Keep ``arrays``; False, and nothing kept, where they are too many bytes or the disk is full."""
        size = sum(array.nbytes for array in arrays.values())
        if not self.fits(size):
            return False
        aside = Path(tempfile.mkdtemp(dir=self.folder, prefix=".new-"))
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
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def begin(self, name: str, shape: tuple[int, ...], kind: type) -> tuple[Path, np.ndarray]:
        """A folder aside with one writable array on disk, for ``adopt`` once it is filled."""
        aside = Path(tempfile.mkdtemp(dir=self.folder, prefix=".new-"))
        return aside, np.lib.format.open_memmap(aside / f"{name}.npy", mode="w+", dtype=kind, shape=shape)

    def fits(self, size: int) -> bool:
        """Whether ``size`` more bytes may be kept: within the kind's share, and a tenth of the disk left free."""
        disk = shutil.disk_usage(self.folder)
        return size <= self.most_bytes and disk.free - size > disk.total // 10

    def adopt(self, key: str, aside: Path) -> None:
        """Make the folder ``aside``, filled with ``.npy`` files, the entry ``key``, and drop what is too much."""
        entry = self.folder / key
        if entry.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.rename(aside, entry)
        self._make_room(entry)

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
