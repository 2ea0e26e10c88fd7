"""What a file of an archive holds, read whole or block by block, and a tar that is read to its very end.

``tarfile`` takes a damaged header, or a block of zeros where a header was, for the end of the archive, and of a compressed one it
never reaches the checksum: what stood behind would be lost without a word.
Source: https://docs.python.org/3/library/tarfile.html, and ``TarFile.next`` in CPython.
"""

import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import IO

BLOCK = 1 << 20  # bytes read at once
HEADERS = (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError, tarfile.EmptyHeaderError)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file of an archive; called, it gives all of them.

    Attributes:
        opened: opens it; None for what is no plain file.
        watched: a context in which it is read, which tells its faults.
    """

    opened: Callable[[], IO[bytes] | None]
    watched: Callable[[], AbstractContextManager[None]] = nullcontext

    def __call__(self) -> bytes:
        return b"".join(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """The bytes in pieces, so that a large file is never whole in memory."""
        with self.watched():
            file = self.opened()
            if file is not None:
                with file:
                    yield from iter(lambda: file.read(BLOCK), b"")

    def told_by(self, watched: Callable[[], AbstractContextManager[None]]) -> "Content":
        """The same content, its faults told by ``watched``."""
        return replace(self, watched=watched)


def of_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Content:
    """A file of a zip; the end of reading it compares the checksum."""
    return Content(lambda: archive.open(info))


def of_tar(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Content:
    """A file of a tar that is read as a stream: to be read while it is its turn."""
    return Content(lambda: archive.extractfile(info))


class StrictTarInfo(tarfile.TarInfo):
    """A header of a tar; one that is damaged is an error, wherever it stands."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> "StrictTarInfo":
        try:
            return super().fromtarfile(tarfile_)
        except HEADERS as error:
            raise tarfile.ReadError(f"a header is damaged: {error}") from error


def drain(archive: tarfile.TarFile) -> None:
    """Read a tar to the end of its bytes, whose checksum then has been compared; behind its end mark only zeros may stand.

    Raises:
        tarfile.ReadError: where further files stand behind the end mark.
    """
    stream = archive.fileobj
    while stream is not None and (block := stream.read(BLOCK)):
        if block.strip(b"\x00"):
            raise tarfile.ReadError("files stand behind its end")
