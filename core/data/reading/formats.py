"""What kind of file this is, by its first bytes and its extension; what is not data is told by name."""

import re
from pathlib import Path

from core.errors import DatasetError

GOOD = "Upload CSV, TSV, JSON Lines, JSON, Parquet, Arrow, Excel, or a zip or tar of one folder a class."
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
    (b"<!DOCTYPE html", "a web page, not the file behind the link", "Download the file itself, then upload that."),
    (b"<!doctype html", "a web page, not the file behind the link", "Download the file itself, then upload that."),
    (b"<html", "a web page, not the file behind the link", "Download the file itself, then upload that."),
    (b"<?xml", "an XML document", "Write its texts and labels as CSV or JSON Lines first."),
    (b"-----BEGIN PGP", "an encrypted message", "Decrypt it first."),
    (b"Salted__", "a file encrypted with OpenSSL", "Decrypt it first."),
)  # fmt: skip
_PICKLE = re.compile(rb"\x80[\x02-\x05](\x95.{8}|c|\}|\]|\()", re.DOTALL)
COMPRESSED = {
    b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4",
}  # fmt: skip
TABLES = (
    "csv",
    "tsv",
    "tab",
    "psv",
    "jsonl",
    "ndjson",
    "json",
    "parquet",
    "arrow",
    "feather",
    "xlsx",
    "xls",
    "xlsb",
    "ods",
)


def first_bytes(path: Path, name: str, size: int = 4096) -> bytes:
    """The beginning of a file.

    Raises:
        DatasetError: when there is no such file, or it is a folder, or it may not be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError as error:
        raise DatasetError(f"There is no file {str(path)!r}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise DatasetError(f"{name} is a folder.", "Name one file inside it, or zip the folder.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL inside the path
        raise DatasetError(f"{name} cannot be opened: {error}.", "Check its name and its permissions.") from error


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


def guess_format(head: bytes, name: str) -> str:
    """One of parquet, arrow, excel, zip, tar, compressed, jsonl, json, text: first bytes first, extension as tie-breaker."""
    suffix = name.lower().rsplit(".", 1)[-1]
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    if head.startswith((b"ARROW1", b"FEA1")) or (
        head.startswith(b"\xff\xff\xff\xff") and suffix in ("arrow", "feather")
    ):
        return "arrow"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "excel" if b"xl/" in head or suffix in ("xlsx", "xlsm", "xlsb", "ods") else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "excel"
    if any(head.startswith(magic) for magic in COMPRESSED):
        return "compressed"
    if head[257:262] == b"ustar":
        return "tar"
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if suffix in ("csv", "tsv", "tab", "psv"):
        if re.match(rb'\[\s*\{\s*"', start):
            return "json"
        return "jsonl" if re.match(rb'\{\s*"[^"]+"\s*:', start) else "text"
    if start.startswith(b"{"):
        return "json" if suffix == "json" else "jsonl"
    if re.match(rb"\[\s*[\[{\"]", start):
        return "jsonl" if suffix in ("jsonl", "ndjson") else "json"
    if suffix in ("jsonl", "ndjson", "json"):
        return "jsonl" if suffix != "json" else "json"
    return "text"


def refuse_extension(kind: str, head: bytes, name: str) -> None:
    """Raise where the name promises a binary format and the content is something else.

    Raises:
        DatasetError: saying what was promised and what to do.
    """
    suffix = name.lower().rsplit(".", 1)[-1]
    promised = {
        "parquet": "parquet",
        "arrow": "arrow",
        "feather": "arrow",
        "xlsx": "excel",
        "xls": "excel",
        "zip": "zip",
    }
    if suffix in promised and kind != promised[suffix] and b"\x00" in head:
        raise DatasetError(f"{name} is not a {suffix} file: its first bytes are of no known kind.", "Export it again.")
