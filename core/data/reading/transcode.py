"""Text of any encoding as UTF-8, piece by piece, with what does not fit counted and mended."""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from core.errors import DatasetError

BLOCK = 4 << 20  # bytes of a piece
_LONE_BYTE = re.compile("[\udc80-\udcff]")


def to_utf8(pieces: Iterable[bytes], encoding: str, name: str, strict: bool = False) -> Iterator[tuple[bytes, int]]:
    """Each piece as UTF-8, without byte-order mark and NUL, and how many places did not fit; at last an empty piece.

    UTF-8 itself is passed on unread, for speed: ``repair`` mends it where a reader finds that it is damaged.

    Args:
        strict: refuse misfits, for an encoding that the user named.

    Raises:
        DatasetError: for an unknown encoding, and where ``strict`` finds a misfit.
    """
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict" if strict else "replace")
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise DatasetError(f"{encoding!r} is not an encoding.", "Try utf-8, cp1252 or gb18030.") from error
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii") and not strict
    at_start, done = True, 0
    for piece in chain(pieces, (b"",)):
        if is_utf8:
            piece = piece.removeprefix(codecs.BOM_UTF8) if at_start else piece
            at_start = False
            yield (piece.replace(b"\x00", b"") if b"\x00" in piece else piece), 0
            continue
        try:
            text = decoder.decode(piece, final=not piece)
        except (UnicodeError, LookupError) as error:
            byte = done + getattr(error, "start", 0)
            raise DatasetError(
                f"{name} is not valid {encoding}: byte {byte:,} does not fit.", "Choose another encoding."
            ) from error
        done += len(piece)
        if at_start and text:
            text, at_start = text.removeprefix("\ufeff"), False
        yield text.replace("\x00", "").encode("utf-8", "replace"), text.count("\ufffd")


def repair(data: bytes) -> tuple[str, int]:
    """UTF-8 as text; bytes that do not fit are read as Windows' Western page and counted.

    That is what a file of two glued parts needs, and of a damaged place it keeps most.
    """
    try:
        return data.decode("utf-8"), 0
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    return _LONE_BYTE.sub(_western, text), len(_LONE_BYTE.findall(text))


def _western(lone_byte: re.Match[str]) -> str:
    return bytes([ord(lone_byte[0]) - 0xDC00]).decode("cp1252", "replace")


def whole_characters(data: bytes) -> int:
    """How many bytes of UTF-8 are whole characters: all but up to three at the end that begin one."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if length > back else len(data)
    return len(data)


def line_pieces(path: Path, encoding: str, name: str, strict: bool) -> Iterator[tuple[list[str], float, int]]:
    """A file as whole lines: (lines without their ends, share of the file read, places that were mended), as ``text_pieces`` reads it."""
    unended = ""
    for text, done, misfits in text_pieces(path, encoding, name, strict):
        lines = (unended + text).replace("\r\n", "\n").split("\n")
        unended = lines.pop() if text else ""
        yield lines, done, misfits


def text_pieces(path: Path, encoding: str, name: str, strict: bool) -> Iterator[tuple[str, float, int]]:
    """A file as text: (text, share of the file read, places that did not fit and were mended); at last an empty text.

    Args:
        strict: refuse misfits, for an encoding that the user named.

    Raises:
        DatasetError: for an unknown encoding, and where ``strict`` finds a misfit.
    """
    size, cut_character = max(1, path.stat().st_size), b""
    with path.open("rb") as file:
        for piece, misfits in to_utf8(iter(lambda: file.read(BLOCK), b""), encoding, name, strict):
            data = cut_character + piece
            end = whole_characters(data) if piece else len(data)
            text, mended = repair(data[:end])
            cut_character = data[end:]
            if text:
                yield text, file.tell() / size, misfits + mended
    yield "", 1.0, 0
