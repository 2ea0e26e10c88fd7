"""What is this file? The reader that recognises its first bytes and its ending; what is not data is told by name."""

import re
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.data.reading.bounded import open_bounded
from core.data.reading.exports.recast import recast
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.table_reader import TableReader
from core.errors import DatasetError

_TABLE = "Upload a table of texts and labels."
_ARCHIVE = "Unpack it and upload the table inside, or pack it again as zip or tar.gz."

# first bytes of what people upload by mistake, what to call it, and what to do
NOT_DATA = (
    (b"version https://git-lfs.github.com/spec", "a Git LFS pointer: the data itself was never downloaded",
     "Fetch the real file with `git lfs pull`, then upload that."),
    (b"\x00\x05\x16\x07", "a macOS shadow file (AppleDouble resource fork), not the table itself",
     "Upload the file of the same name without the leading ._ or outside __MACOSX."),
    (b"\x00\x05\x16\x00", "a macOS shadow file (AppleSingle), not the table itself", "Upload the real file."),
    (b"\x89PNG", "a PNG image", _TABLE),
    (b"\xff\xd8\xff", "a JPEG image", _TABLE),
    (b"GIF8", "a GIF image", _TABLE),
    (b"II*\x00", "a TIFF image", _TABLE),
    (b"MM\x00*", "a TIFF image", _TABLE),
    (b"8BPS", "a Photoshop image", _TABLE),
    (b"%PDF", "a PDF document", "Copy its texts into a table (CSV, XLSX) first."),
    (b"%!PS", "a PostScript document", "Copy its texts into a table (CSV, XLSX) first."),
    (b"{\\rtf", "an RTF document", "Copy its texts into a table (CSV, XLSX) first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _ARCHIVE),
    (b"Rar!\x1a\x07", "a RAR archive", _ARCHIVE),
    (b"MSCF", "a Windows cabinet", _ARCHIVE),
    (b"\x7fELF", "a program", _TABLE),
    (b"\xcf\xfa\xed\xfe", "a macOS program", _TABLE),
    (b"\xca\xfe\xba\xbe", "a compiled program", _TABLE),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV first."),
    (b"\x89HDF", "an HDF5 file", "Write the table as Parquet or CSV first."),
    (b"\x93NUMPY", "a NumPy array", "Write texts and labels as CSV or Parquet first."),
    (b"Obj\x01", "an Avro file", "Write it as Parquet or JSON Lines first."),
    (b"ORC", "an ORC file", "Write it as Parquet first."),
    (b"ID3", "a sound file", _TABLE),
    (b"OggS", "a sound file", _TABLE),
    (b"fLaC", "a sound file", _TABLE),
    (b"wOF", "a font", _TABLE),
    (b"<?xml", "an XML document", "Write its texts and labels as CSV or JSON Lines first."),
    (b"-----BEGIN PGP", "an encrypted message", "Decrypt it first."),
    (b"Salted__", "a file encrypted with OpenSSL", "Decrypt it first."),
)  # fmt: skip
_TAGS = re.compile(r"(O|[BIESLU]-\S+)")  # of words: outside, or at a place inside something that is named
_FEWEST_WORDS = 8
_PICKLE = re.compile(rb"\x80[\x02-\x05](\x95.{8}|c|\}|\]|\()", re.DOTALL)


def open_recognised(path: Path, name: str, options: ReadingOptions, readers: Sequence[Reader]) -> TableReader:
    """Open a file by the first of ``readers`` that recognises it.

    Raises:
        DatasetError: when the file cannot be used, saying what it is and what to do.
    """
    reader = recognise(path, name, readers)
    opened = recast(open_bounded(reader, path, name, options))
    ending = ending_of(name)
    if reader.binary or not _promises_binary(ending, readers):
        return opened
    warning = f"The name ends in .{ending}, but the file holds plain text; it was read as {opened.format.upper()}."
    return replace(opened, warnings=(warning, *opened.warnings))


def recognise(path: Path, name: str, readers: Sequence[Reader]) -> Reader:
    """The first of ``readers`` that recognises a file by its first bytes, or by its ending where these leave it open.

    Raises:
        DatasetError: when the file cannot be opened, is empty, or is of a well-known kind that is no table.
    """
    head = first_bytes(path, name)
    refuse_what_is_not_data(head, name)
    ending = ending_of(name)
    reader = next(reader for reader in readers if reader.recognises(head, ending))
    if not reader.binary and b"\x00" in head and _promises_binary(ending, readers):
        raise DatasetError(f"{name} is not a {ending} file: its first bytes are of no known kind.", "Export it again.")
    return reader


def ending_of(name: str) -> str:
    """What follows the last point of a file's name, in small letters; the whole name where it has none."""
    return name.lower().rsplit(".", 1)[-1]


def _promises_binary(ending: str, readers: Sequence[Reader]) -> bool:
    return any(reader.binary and ending in reader.endings for reader in readers)


def first_bytes(path: Path, name: str, size: int = 4096) -> bytes:
    """The beginning of a file.

    Raises:
        DatasetError: when there is no such file, or it is a folder, or it may not be read.
    """
    try:
        _refuse_what_is_no_file(path, name)
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError as error:
        raise DatasetError(f"There is no file {str(path)!r}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise DatasetError(f"{name} is a folder.", "Name one file inside it, or zip the folder.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL inside the path
        raise DatasetError(f"{name} cannot be opened: {error}.", "Check its name and its permissions.") from error


def _refuse_what_is_no_file(path: Path, name: str) -> None:
    """Raise for pipes, devices and the like, which may never end, before they are opened; a link is followed."""
    status = path.stat()
    if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
        if not status.st_size:  # so are files that the system makes up while they are read, such as those of /proc
            raise DatasetError(f"{name} is empty.", "Upload a file with at least a few rows of texts.")
        return
    raise DatasetError(f"{name} is a pipe, a socket or a device, not a file.", "Write its content to a file first.")


def refuse_what_is_not_data(head: bytes, name: str) -> None:
    """Raise for empty files and for well-known formats that are no table.

    Raises:
        DatasetError: saying what the file is.
    """
    if not head.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
        raise DatasetError(f"{name} is empty.", "Upload a file with at least a few rows of texts.")
    if not head.strip(b"\x00"):
        raise DatasetError(f"{name} holds only zero bytes: its content was lost.", "Copy or download it again.")
    for magic, what, hint in NOT_DATA:
        if head.startswith(magic):
            raise DatasetError(f"{name} is {what}.", hint)
    if _is_tagged_words(head):
        raise DatasetError(
            f"{name} holds one word a line with a tag each (CoNLL), which is the labelling of words.",
            "Graft learns labels of whole texts: give a table of one text a row with its label.",
        )
    if head.startswith(b"MZ") and b"\x00" in head[:64]:
        raise DatasetError(f"{name} is a Windows program.", _TABLE)
    if head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        raise DatasetError(f"{name} is an image, sound or film.", _TABLE)
    if head[4:8] == b"ftyp":
        raise DatasetError(f"{name} is a film or photo.", _TABLE)
    if _PICKLE.match(head):
        raise DatasetError(
            f"{name} is a Python pickle, which can run any program when it is opened.", "Write it as Parquet or CSV."
        )


def _is_tagged_words(head: bytes) -> bool:
    """Whether each line is a word and its tag, with empty lines between the sentences."""
    lines = [line.split() for line in head.decode("utf-8", "replace").splitlines()[:-1]]
    words = [fields for fields in lines if fields and not fields[0].startswith(("#", "-DOCSTART-"))]
    if len(words) < _FEWEST_WORDS or [] not in lines or len({len(fields) for fields in words}) > 1:
        return False
    if len(words[0]) == 10 and all(fields[0].replace("-", "").replace(".", "").isdigit() for fields in words):
        return True  # CoNLL-U
    return len(words[0]) > 1 and all(_TAGS.fullmatch(fields[-1]) for fields in words)
