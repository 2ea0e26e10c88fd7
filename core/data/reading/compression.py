"""Compressed files: recognised by their first bytes, and read as the bytes that were packed."""

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

COMPRESSED = {
    b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4",
}  # fmt: skip
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # first bytes of a zip, which new workbooks are too
ENDINGS = ("gz", "tgz", "bz2", "xz", "zst", "lz4")


def is_compressed(head: bytes, ending: str) -> bool:
    """Whether the first bytes are those of a compressed file."""
    return compression_of(head) is not None


def compression_of(head: bytes) -> str | None:
    """The name of the compression; None for what is not compressed."""
    return next((name for magic, name in COMPRESSED.items() if head.startswith(magic)), None)


@contextmanager
def unpacked_stream(path: Path) -> Iterator[IO[bytes]]:
    """A file's bytes, unpacked where it is compressed."""
    with path.open("rb") as file:
        compression = compression_of(file.read(8))
    openers: dict[str | None, Callable[[Path], Any]] = {
        None: lambda path: path.open("rb"), "gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open,
    }  # fmt: skip
    if compression in openers:
        with openers[compression](path) as stream:
            yield stream
    else:  # zstd and lz4 come with Arrow
        import pyarrow as pa

        with pa.input_stream(str(path), compression=compression) as stream:
            yield stream
