"""Unpacking a source that came as packages: once, into the workspace's cache, checked by hash before and after.

The packages are read as data: their files are looked up, and nothing of them is imported.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from filelock import FileLock

from core import workspace
from core.errors import SourceError, StorageError

MIB = 2**20
PIECE = 4 * MIB
INSTALL = "pip install --no-deps -r requirements-sources.txt"  # what the packages depend on is not needed
REPAIR = "pip install --no-deps --force-reinstall -r requirements-sources.txt"

Contents = Iterator[tuple[str, Iterator[bytes]]]  # each file's name, and what is in it in pieces
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the index, and the one file of it that is read.

    Attributes:
        file: as the package lists it.
    """

    name: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexSource:
    """A pretrained model in packages.

    Attributes:
        title: as lists name it; what is not as its makers published it is said there.
        sentence: what it is, its languages, where it comes from, its licence.
        packages: in the order in which their files follow one another.
        files: bytes and SHA-256 of each file that comes out.
        contents: makes these files from those of the packages.
    """

    key: str
    title: str
    sentence: str
    packages: tuple[Package, ...]
    files: dict[str, tuple[int, str]]
    contents: Callable[[list[Path]], Contents]

    @property
    def size(self) -> int:
        """Bytes of what comes out."""
        return sum(size for size, _ in self.files.values())

    @property
    def missing(self) -> list[str]:
        """Packages that are not installed."""
        return [package.name for package in self.packages if _file_of(package) is None]

    @property
    def why_not(self) -> str:
        """What is missing and how to bring it, in one line; "" where it can be unpacked."""
        missing = self.missing
        if not missing:
            return ""
        names = f"package {missing[0]} is" if len(missing) == 1 else f"{len(missing)} packages are"
        return f"its {names} not installed. Run `{INSTALL}`."


def place_of(source: IndexSource) -> Path:
    """Where its files are once it is unpacked; other packages unpack to another place."""
    content = repr((source.packages, sorted(source.files.items())))
    return workspace.folder("cache", "sources") / f"{source.key}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def is_unpacked(source: IndexSource) -> bool:
    """Whether all its files are there; what is in them was checked when they were written."""
    folder = place_of(source)
    try:
        return all((folder / name).stat().st_size == size for name, (size, _) in source.files.items())
    except OSError:
        return False


def unpack(source: IndexSource, progress: Progress = lambda done, total: None) -> Path:
    """The folder with the source's files, a checkpoint of transformers; it is made where it is not there.

    Of several processes one unpacks and the others wait for it. The folder appears whole or not at all.

    Args:
        progress: is told MiB that were read and written, and MiB in all.

    Raises:
        SourceError: when a package is missing or damaged.
        StorageError: when the disk is full or cannot be written.
    """
    folder = place_of(source)
    if is_unpacked(source):
        return folder
    lock = folder.with_name(f".{folder.name}.lock")
    with workspace.writing(lock):
        held = FileLock(lock, is_singleton=False)
        held.acquire()
    with held:
        if not is_unpacked(source):
            workspace.sweep(folder)  # whoever holds the lock is alone: what is half there is of one that was killed
            _unpack(source, folder, progress)
        return folder


def _unpack(source: IndexSource, folder: Path, progress: Progress) -> None:
    parts = [_installed(source, package) for package in source.packages]
    done, whole = 0, sum(part.stat().st_size for part in parts) + source.size
    _check_room(source, folder)

    def count(piece: bytes) -> None:
        nonlocal done
        done += len(piece)
        progress(round(done / MIB), max(1, round(whole / MIB)))

    for package, part in zip(source.packages, parts, strict=True):
        if _digest(part, count) != package.sha256:
            raise SourceError(
                f"The package {package.name} is damaged or of another version than {package.version}: "
                f"{part.name} is not what was published.",
                f"Run `{REPAIR}`.",
            )
    with workspace.replace_folder(folder) as aside:
        for name, pieces in source.contents(parts):
            (aside / name).parent.mkdir(exist_ok=True)
            found = _write(aside / name, pieces, count)
            if found != source.files[name]:
                raise SourceError(
                    f"{name} of the source {source.key!r} did not unpack to what it must be.", f"Run `{REPAIR}`."
                )
        absent = [name for name in source.files if not (aside / name).exists()]
        if absent:
            raise SourceError(f"The packages of the source {source.key!r} hold no {absent[0]}.", f"Run `{REPAIR}`.")


def _installed(source: IndexSource, package: Package) -> Path:
    path = _file_of(package)
    if path is None:
        raise SourceError(f"The source {source.key!r} is not available: {source.why_not}", "Or use minilm.")
    if not path.is_file():
        raise SourceError(
            f"The package {package.name} is damaged: its file {path.name} is missing.", f"Run `{REPAIR}`."
        )
    return path


def _file_of(package: Package) -> Path | None:
    """Where the package's file lies; None where the package is not installed."""
    try:
        return Path(str(distribution(package.name).locate_file(package.file)))
    except PackageNotFoundError:
        return None


def _check_room(source: IndexSource, folder: Path) -> None:
    free = shutil.disk_usage(folder.parent).free
    if free < source.size:
        raise StorageError(
            f"{folder} cannot be written: it takes {source.size // MIB:,} MiB, and {free // MIB:,} MiB are free.",
            "Free some space, or set GRAFT_HOME to a folder on another disk, then try again.",
        )


def _digest(path: Path, count: Callable[[bytes], None]) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while piece := opened.read(PIECE):
            digest.update(piece)
            count(piece)
    return digest.hexdigest()


def _write(path: Path, pieces: Iterator[bytes], count: Callable[[bytes], None]) -> tuple[int, str]:
    """Bytes and SHA-256 of what was written."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as opened:
        for piece in pieces:
            opened.write(piece)
            digest.update(piece)
            size += len(piece)
            count(piece)
    return size, digest.hexdigest()
