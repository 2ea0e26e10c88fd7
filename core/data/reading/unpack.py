"""Files of an archive on disk, under names that Graft chooses, in a folder that goes away by itself."""

import shutil
import tempfile
import weakref
from pathlib import Path

from core import workspace
from core.data.reading.compression import unpacked_stream
from core.data.reading.members import members, named_faults, refuse_bomb, refuse_full_disk

LOOKED = 64 << 20  # bytes after which the room on the disk is looked at again


class Scratch:
    """A folder for unpacked files that goes away with this object."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=".unpacked-", dir=workspace.home()))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def is_tar_inside(path: Path, name: str) -> bool:
    """Whether a compressed file holds a tar."""
    with named_faults(name), unpacked_stream(path) as stream:
        return is_tar(stream.read(512), "")


def is_tar(head: bytes, ending: str) -> bool:
    """Whether the first bytes are those of a tar."""
    return head[257:262] == b"ustar"


def unpack_single(path: Path, name: str, scratch: Scratch) -> Path:
    """The one file inside a compressed file, on disk.

    Raises:
        DatasetError: when it is damaged or would grow beyond all measure.
    """
    target, total, packed = scratch.path / "file", 0, max(1, path.stat().st_size)
    with named_faults(name), unpacked_stream(path) as stream, target.open("wb") as file:
        while block := stream.read(1 << 20):
            total += len(block)
            refuse_bomb(total, packed, name)
            if total % LOOKED < len(block):
                refuse_full_disk(scratch.path, LOOKED, name)
            file.write(block)
    return target


def unpack_members(path: Path, name: str, wanted: list[str], scratch: Scratch) -> dict[str, Path]:
    """Some files of an archive on disk: path inside the archive -> file.

    Raises:
        DatasetError: when the archive is cut off or damaged.
    """
    if path.is_dir():
        return {inner: path / inner for inner in wanted}
    files: dict[str, Path] = {}
    with named_faults(name):
        for member, content in members(path, name):
            if member.path in wanted and not member.link:
                target = scratch.path / f"file{len(files)}"
                refuse_full_disk(scratch.path, member.size, name)
                with target.open("wb") as file:
                    file.writelines(content.blocks())
                files[member.path] = target
    return files
