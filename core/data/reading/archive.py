"""Archives: a folder of texts for each class, or tables. Nothing is unpacked under a name of the archive's own.

Texts are read from the archive without being written; a table is copied to a scratch file whose name Graft chooses. So no path
can lead outside, and no link is followed. Caps on members, size and ratio stop archives that were made to fill the disk.
"""

import bz2
import gzip
import lzma
import shutil
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from core import workspace
from core.data.reading.encoding import guess_encoding
from core.data.reading.formats import COMPRESSED, TABLES
from core.errors import DatasetError

MEMBERS = 500_000
TOTAL = 20 << 30  # bytes unpacked
RATIO, RATIO_FROM = 200, 64 << 20  # unpacked bytes to a packed one, looked at from this size on
AGAIN = "Download or pack it again."
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
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix.lower().lstrip(".")


class Scratch:
    """A folder for unpacked files that goes away with this object."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=".unpacked-", dir=workspace.home()))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def list_members(path: Path, name: str) -> list[Member]:
    """The files of a zip or tar, after the checks that keep the machine safe.

    Raises:
        DatasetError: for a damaged, encrypted or hostile archive.
    """
    found: list[Member] = []
    total, packed = 0, max(1, path.stat().st_size)
    for member, _ in members(path, name):
        total += member.size
        if len(found) >= MEMBERS:
            raise DatasetError(f"{name} holds more than {MEMBERS:,} files.", "Put the texts into one table instead.")
        _refuse_bomb(total, packed, name)
        if member.path.startswith(("/", "\\")) or ".." in member.parts or member.path[1:2] == ":":
            raise DatasetError(
                f"{name} holds the path {member.path!r}, which leads outside the archive.",
                "It was made by mistake or with bad intent: pack it again.",
            )
        if not _is_rubbish(member):
            found.append(member)
    if any(member.encrypted for member in found):
        raise DatasetError(f"{name} is encrypted: its files need a password.", "Unpack it and pack it without one.")
    if not found:
        raise DatasetError(f"{name} is an archive without files.", AGAIN)
    return found


def _refuse_bomb(total: int, packed: int, name: str) -> None:
    if total > TOTAL or (total > RATIO_FROM and total > RATIO * packed):
        raise DatasetError(
            f"{name} would unpack from {packed / 1e6:,.1f} MB to more than {total / 1e6:,.0f} MB: it looks like an archive bomb.",
            "If it is sound, unpack it yourself and upload the table inside.",
        )


def _is_rubbish(member: Member) -> bool:
    """What systems add to archives: shadow files, thumbnails, hidden files."""
    return (
        "__MACOSX" in member.parts
        or member.parts[-1:] in ((), ("Thumbs.db",), ("desktop.ini",))
        or any(part.startswith(".") for part in member.parts[-1:])
    )


def members(path: Path, name: str) -> Iterator[tuple[Member, Callable[[], bytes]]]:
    """Each file of a zip or tar with a function that reads it whole, in the order of the archive.

    Raises:
        DatasetError: when it is cut off or damaged.
    """
    with _named_faults(name):
        if zipfile.is_zipfile(path):
            yield from _zip_members(path)
        elif _starts(path, b"PK"):
            raise DatasetError(f"{name} is a zip archive that is cut off: its table of contents is missing.", AGAIN)
        else:
            yield from _tar_members(path)


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


@contextmanager
def _named_faults(name: str) -> Iterator[None]:
    """Faults of the unpacking libraries, told in a sentence."""
    try:
        yield
    except DatasetError:
        raise
    except DAMAGED as error:
        said = str(error)
        if "password" in said or "encrypted" in said:
            raise DatasetError(f"{name} is encrypted.", "Unpack it and pack it without a password.") from error
        if isinstance(error, NotImplementedError):
            raise DatasetError(
                f"{name} is packed in a way that cannot be read: {said}.", "Pack it as plain zip."
            ) from error
        raise DatasetError(f"{name} is an archive that is cut off or damaged.", AGAIN) from error


def _zip_members(path: Path) -> Iterator[tuple[Member, Callable[[], bytes]]]:
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        names = _zip_names(infos)
        for info, own in zip(infos, names, strict=True):
            link = (info.external_attr >> 16) & 0o170000 == 0o120000
            member = Member(own.replace("\\", "/"), info.file_size, link, bool(info.flag_bits & 1))
            yield member, lambda info=info: archive.read(info)  # type: ignore[misc]


def _zip_names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """File names; those of old Windows programs, which zipfile takes for DOS code page 437, in their own encoding."""
    odd = [info for info in infos if not info.flag_bits & 0x800 and not info.filename.isascii()]
    if not odd:
        return [info.filename for info in infos]
    raw = {id(info): info.filename.encode("cp437", "replace") for info in odd}
    encoding = guess_encoding(b"\n".join(raw.values()), "names")
    return [raw[id(i)].decode(encoding, "replace") if id(i) in raw else i.filename for i in infos]


def _tar_members(path: Path) -> Iterator[tuple[Member, Callable[[], bytes]]]:
    with unpacked_stream(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            if info.isdir():
                continue
            yield (
                Member(info.name.removeprefix("./"), info.size, not info.isreg()),
                lambda info=info: (archive.extractfile(info) or _nothing()).read(),  # type: ignore[misc]
            )


def _nothing() -> Any:
    import io

    return io.BytesIO()


@contextmanager
def unpacked_stream(path: Path) -> Iterator[IO[bytes]]:
    """A file's bytes, unpacked where it is compressed."""
    with path.open("rb") as file:
        head = file.read(8)
    kind = next((kind for magic, kind in COMPRESSED.items() if head.startswith(magic)), None)
    openers: dict[str | None, Callable[[Path], Any]] = {
        None: lambda each: each.open("rb"), "gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open,
    }  # fmt: skip
    if kind in openers:
        with openers[kind](path) as stream:
            yield stream
    else:  # zstd and lz4 come with Arrow
        import pyarrow as pa

        with pa.input_stream(str(path), compression=kind) as stream:
            yield stream


def is_tar_inside(path: Path, name: str) -> bool:
    """Whether a compressed file holds a tar."""
    with _named_faults(name), unpacked_stream(path) as stream:
        return stream.read(512)[257:262] == b"ustar"


def unpack_single(path: Path, name: str, scratch: Scratch) -> Path:
    """The one file inside a compressed file, on disk.

    Raises:
        DatasetError: when it is damaged or would grow beyond all measure.
    """
    target, total, packed = scratch.path / "file", 0, max(1, path.stat().st_size)
    with _named_faults(name), unpacked_stream(path) as stream, target.open("wb") as file:
        while block := stream.read(1 << 20):
            total += len(block)
            _refuse_bomb(total, packed, name)
            file.write(block)
    return target


def unpack_members(path: Path, name: str, wanted: list[str], scratch: Scratch) -> dict[str, Path]:
    """Some files of an archive, on disk under names of Graft's own."""
    found: dict[str, Path] = {}
    with _named_faults(name):
        for member, content in members(path, name):
            if member.path in wanted and not member.link:
                target = scratch.path / f"file{len(found)}"
                target.write_bytes(content())
                found[member.path] = target
    return found


def tables_of(found: list[Member]) -> list[Member]:
    """The members whose names say that they are tables."""
    return [member for member in found if not member.link and member.suffix in TABLES]
