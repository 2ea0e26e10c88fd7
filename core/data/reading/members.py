"""The files of a zip, a tar or a folder, listed after the checks that keep the machine safe, and read one by one.

Texts are read from the archive without being written. No path can lead outside, and no link is followed. Caps on members, size and
ratio stop archives that were made to fill the disk.
"""

import errno
import gzip
import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.data.reading.compression import unpacked_stream
from core.data.reading.contents import Content, StrictTarInfo, drain, of_tar, of_zip
from core.data.reading.encoding import guess_encoding
from core.errors import DatasetError

MEMBERS = 500_000
TOTAL = 20 << 30  # bytes unpacked
RATIOS = (
    (200, 64 << 20),
    (40, 1 << 30),
)  # unpacked bytes to a packed one, each looked at from its size on: texts reach 20
SPARE = 1 << 30  # bytes of the disk that unpacking leaves free
PACK_AGAIN = "Download or pack it again."
PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EIO}
DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, OSError, ValueError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path, unpacked size in bytes, and whether it is a link or encrypted."""

    path: str
    size: int
    link: bool = False
    encrypted: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def ending(self) -> str:
        return PurePosixPath(self.path).suffix.lower().lstrip(".")


def list_members(path: Path, name: str) -> list[Member]:
    """The files of a zip or tar, after the checks that keep the machine safe.

    Raises:
        DatasetError: for a damaged, encrypted or hostile archive.
    """
    files: list[Member] = []
    total, packed = 0, TOTAL if path.is_dir() else max(1, path.stat().st_size)
    for member, _ in members(path, name):
        total += member.size
        if len(files) >= MEMBERS:
            raise DatasetError(f"{name} holds more than {MEMBERS:,} files.", "Put the texts into one table instead.")
        refuse_bomb(total, packed, name)
        if member.path.startswith(("/", "\\")) or ".." in member.parts or member.path[1:2] == ":":
            raise DatasetError(
                f"{name} holds the path {member.path!r}, which leads outside the archive.",
                "It was made by mistake or with bad intent: pack it again.",
            )
        if not _is_rubbish(member):
            files.append(member)
    if any(member.encrypted for member in files):
        raise DatasetError(f"{name} is encrypted: its files need a password.", "Unpack it and pack it without one.")
    if not files:
        what = "a folder" if path.is_dir() else "an archive"
        raise DatasetError(
            f"{name} is {what} without files.", "Name a file with a table." if path.is_dir() else PACK_AGAIN
        )
    return files


def refuse_bomb(total: int, packed: int, name: str) -> None:
    """Raise where ``total`` bytes came out of ``packed`` ones and that cannot be sound.

    Raises:
        DatasetError: saying by how much it would grow.
    """
    if total > TOTAL or any(total > size and total > ratio * packed for ratio, size in RATIOS):
        raise DatasetError(
            f"{name} would unpack from {packed / 1e6:,.1f} MB to more than {total / 1e6:,.0f} MB: it looks like an archive bomb.",
            "If it is sound, unpack it yourself and upload the table inside.",
        )


def refuse_full_disk(folder: Path, wanted: int, name: str) -> None:
    """Raise where ``wanted`` more bytes would fill the disk on which ``folder`` lies.

    Raises:
        DatasetError: saying how much room there is.
    """
    free = shutil.disk_usage(folder).free
    if wanted + SPARE > free:
        raise DatasetError(
            f"{name} cannot be unpacked: the disk of {folder} has {free / 1e6:,.0f} MB left, and {SPARE / 1e6:,.0f} stay free.",
            "Free some room there, or unpack it yourself and name the table inside.",
        )


def _is_rubbish(member: Member) -> bool:
    """What systems add to archives: shadow files, thumbnails, hidden files."""
    return (
        "__MACOSX" in member.parts
        or member.parts[-1:] in ((), ("Thumbs.db",), ("desktop.ini",))
        or any(part.startswith(".") for part in member.parts[-1:])
    )


def members(path: Path, name: str) -> Iterator[tuple[Member, Content]]:
    """Each file of a zip or tar with what reads it, in the order of the archive.

    A content that is read while its file's turn is over, or that is damaged, is told in the same way.

    Raises:
        DatasetError: when it is cut off or damaged.
    """
    for member, content in _members(path, name):
        yield member, content.told_by(lambda inside=member.path: named_faults(name, inside))  # type: ignore[misc]


def _members(path: Path, name: str) -> Iterator[tuple[Member, Content]]:
    with named_faults(name):
        if path.is_dir():
            yield from _folder_members(path)
        elif zipfile.is_zipfile(path):
            yield from _zip_members(path)
        elif _starts(path, b"PK"):
            raise DatasetError(
                f"{name} is a zip archive that is cut off: its table of contents is missing.", PACK_AGAIN
            )
        else:
            yield from _tar_members(path)


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


@contextmanager
def named_faults(name: str, inside: str = "") -> Iterator[None]:
    """Faults of the unpacking libraries as sentences: DatasetError for what is encrypted, cut off or damaged.

    Args:
        inside: the file of the archive that is read.
    """
    try:
        yield
    except DatasetError:
        raise
    except DAMAGED as error:
        reason = str(error)
        if isinstance(error, OSError) and error.errno in PLACE:
            raise DatasetError(
                f"{name} could not be unpacked: {error.strerror}.",
                "The file may be sound: look at the disk and its rights.",
            ) from error
        if "password" in reason or "encrypted" in reason:
            raise DatasetError(f"{name} is encrypted.", "Unpack it and pack it without a password.") from error
        if isinstance(error, NotImplementedError):
            raise DatasetError(
                f"{name} is packed in a way that cannot be read: {reason}.", "Pack it as plain zip."
            ) from error
        where = f": its file {inside!r} cannot be read" if inside else ""
        raise DatasetError(f"{name} is an archive that is cut off or damaged{where}.", PACK_AGAIN) from error


def _folder_members(path: Path) -> Iterator[tuple[Member, Content]]:
    """The files in a folder of this machine and below it; links are told, and those to folders not followed."""
    for folder, inner, files in os.walk(path):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for file in sorted(files):
            place = Path(folder, file)
            if place.is_file():
                member = Member(place.relative_to(path).as_posix(), place.stat().st_size, place.is_symlink())
                yield member, Content(lambda place=place: place.open("rb"))  # type: ignore[misc]


def _zip_members(path: Path) -> Iterator[tuple[Member, Content]]:
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        names = _zip_names(infos)
        for info, path_inside in zip(infos, names, strict=True):
            link = (info.external_attr >> 16) & 0o170000 == 0o120000
            member = Member(path_inside.replace("\\", "/"), info.file_size, link, bool(info.flag_bits & 1))
            yield member, of_zip(archive, info)


def _zip_names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """File names; those of old Windows programs, which zipfile takes for DOS code page 437, in their own encoding."""
    odd = [info for info in infos if not info.flag_bits & 0x800 and not info.filename.isascii()]
    if not odd:
        return [info.filename for info in infos]
    raw = {id(info): info.filename.encode("cp437", "replace") for info in odd}
    encoding = guess_encoding(b"\n".join(raw.values()), "names")
    return [raw[id(i)].decode(encoding, "replace") if id(i) in raw else i.filename for i in infos]


def _tar_members(path: Path) -> Iterator[tuple[Member, Content]]:
    with (
        unpacked_stream(path) as stream,
        tarfile.open(fileobj=stream, mode="r|", tarinfo=StrictTarInfo) as archive,
    ):
        for info in archive:
            if not info.isdir():
                yield Member(info.name.removeprefix("./"), info.size, not info.isreg()), of_tar(archive, info)
        drain(archive)
