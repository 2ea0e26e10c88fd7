"""Files out of a zip that was cut into parts."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from core.models.unpacking import MIB, PIECE, Contents


class Joined(io.RawIOBase):
    """Files that follow one another, read as one.

    Args:
        paths: of the files, in order; none may be empty.
    """

    def __init__(self, paths: list[Path]):
        self._files = [path.open("rb") for path in paths]
        self._ends: list[int] = []
        for path in paths:
            self._ends.append((self._ends[-1] if self._ends else 0) + path.stat().st_size)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """As much as the file at this place still has, 0 at the end."""
        number = next((number for number, end in enumerate(self._ends) if self._at < end), None)
        if number is None:
            return 0
        file = self._files[number]
        file.seek(self._at - (self._ends[number - 1] if number else 0))
        piece = file.read(len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()


def from_zip(front: str, names: tuple[str, ...]) -> Callable[[list[Path]], Contents]:
    """Takes named files out of a zip that was cut into parts.

    Args:
        front: folder in the zip in which they are.
    """

    def contents(parts: list[Path]) -> Contents:
        with io.BufferedReader(Joined(parts), MIB) as whole, zipfile.ZipFile(whole) as archive:
            present = set(archive.namelist())
            for name in names:
                if f"{front}/{name}" in present:
                    with archive.open(f"{front}/{name}") as opened:
                        yield name, _pieces(opened)

    return contents


def _pieces(opened: IO[bytes]) -> Iterator[bytes]:
    while piece := opened.read(PIECE):
        yield piece
