"""The beginning of a text file and samples from all over it, by which encoding and dialect are guessed."""

import re
from pathlib import Path

from core.data.reading.encoding import GuessedEncoding, find_encoding
from core.data.reading.transcode import repair, to_utf8
from core.errors import DatasetError

HEAD = 2 << 20  # bytes by which the dialect is guessed
SAMPLES, SAMPLE = 16, 256 << 10  # samples of a large file, and bytes of each
SEPARATING = "\x01\x02\x1c\x1d\x1e\x1f"  # control characters that separate fields
UNPRINTABLE = (
    0.1  # share of unprintable characters from which on a file is not text; some scripts need joiners that are such
)
CONTROLS = 0.03  # share of control characters from which on it is not text: of random bytes it is 0.08
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")


def sample_pieces(path: Path, size: int) -> list[bytes]:
    """The beginning of a file, and pieces of a large one from all over it, each of whole lines."""
    with path.open("rb") as file:
        pieces = [file.read(HEAD)]
        for number in range(1, SAMPLES) if size > HEAD else ():
            file.seek(HEAD + (size - HEAD) * number // SAMPLES)
            piece = file.read(SAMPLE)
            pieces.append(piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1])
    return pieces


def encoding_of(path: Path, asked: str | None, name: str) -> GuessedEncoding:
    """The encoding of a text file: the one that was asked for, else as samples from all over it speak.

    Raises:
        DatasetError: when it is not text at all.
    """
    return find_encoding(asked, b"\n".join(sample_pieces(path, path.stat().st_size)), name, whole=False)


def beginning(path: Path, encoding: str, name: str, strict: bool) -> tuple[str, bool]:
    """The beginning of the file as text, and whether that is all of it.

    Args:
        strict: refuse what does not fit, for an encoding that the user named.

    Raises:
        DatasetError: when it is binary, or does not fit an encoding that the user named.
    """
    with path.open("rb") as file:
        head, more = file.read(HEAD), file.read(1)
    pieces = to_utf8((head,), encoding, name, strict)
    # the end of a part of a file may cut a character, so the decoder is not told that it is the end
    utf8 = next(pieces)[0] if more else b"".join(piece for piece, _ in pieces)
    text = repair(utf8)[0]
    shown = text[:4000]
    unprintable = sum(not (mark.isprintable() or mark.isspace() or mark in SEPARATING) for mark in shown)
    controls = len([mark for mark in _CONTROL.findall(shown) if mark not in SEPARATING])
    if unprintable > UNPRINTABLE * len(shown) or controls > CONTROLS * len(shown):
        raise DatasetError(f"{name} holds binary data, not text.", "Upload CSV, TSV, JSON Lines, Parquet or Excel.")
    return text, not more
