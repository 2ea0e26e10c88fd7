import io
import tarfile
import zipfile
from pathlib import Path

from core.data.reading.read import Table, read_table
from tests.conftest import sentences

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006"


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


def workbook(path, sheets, merged=()):
    """A minimal .xlsx of text cells; what begins with = is a formula whose value was not saved.

    Args:
        merged: ranges such as A2:A5, of every sheet.
    """
    names = list(sheets)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w") as archive:
        parts = "".join(
            f'<Override PartName="/xl/worksheets/s{n}.xml" ContentType="{kind}.worksheet+xml"/>'
            for n in range(len(names))
        )
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKED}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{parts}</Types>')  # fmt: skip  # noqa: E501
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{PACKED}/relationships"><Relationship Id="r" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip  # noqa: E501
        listed = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(names))
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="r{n}" Type="{LINKS}/worksheet" Target="worksheets/s{n}.xml"/>'
            for n in range(len(names))
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKED}/relationships">{links}</Relationships>'
        )
        ranges = "".join(f'<mergeCell ref="{place}"/>' for place in merged)
        ranges = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
        for n, rows in enumerate(sheets.values()):
            lines = "".join(_line(r, row) for r, row in enumerate(rows, 1) if row)
            archive.writestr(
                f"xl/worksheets/s{n}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{ranges}</worksheet>',
            )
    return path


def _line(number, row):
    cells = "".join(_cell(f"{chr(65 + c)}{number}", str(value)) for c, value in enumerate(row) if value != "")
    return f'<row r="{number}">{cells}</row>'


def _cell(place, value):
    if value.startswith("="):
        return f'<c r="{place}"><f>{value[1:]}</f><v></v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
