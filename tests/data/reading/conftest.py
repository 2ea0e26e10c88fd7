import io
import tarfile
import zipfile
from pathlib import Path

from core.data.reading.read import Table, read_table
from tests.conftest import sentences


def read(folder: Path, content: str | bytes, name: str = "x.csv", **options) -> Table:
    """The table that a file of this content and name holds."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, **options)


def delimited(delimiter: str, rows: int = 30) -> str:
    """A delimited text of two columns with their names."""
    return "\n".join(["text" + delimiter + "label", *(f"{text}{delimiter}{label}" for text, label in sentences(rows))])


CSV = delimited(",", 40)


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, str], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            archive.addfile(info, io.BytesIO(content.encode()))
    return path


def imdb(rows: int = 24) -> dict[str, str]:
    """The layout of aclImdb: parts, classes, unlabelled texts, and files that are no texts."""
    files = {
        "aclImdb/README": "Large Movie Review Dataset",
        "aclImdb/imdb.vocab": "the\nand",
        "aclImdb/train/urls_pos.txt": "http://",
    }
    for number, (text, label) in enumerate(sentences(rows)):
        files[f"aclImdb/{'train' if number < rows * 2 // 3 else 'test'}/{label}/{number}_7.txt"] = text
    for number in range(3):
        files[f"aclImdb/train/unsup/{number}_0.txt"] = f"nobody labelled this one {number}"
    files["__MACOSX/aclImdb/train/pos/._1_7.txt"] = "\x00\x05\x16\x07"
    return files
