import zipfile

import pytest

from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.conftest import sentences

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006"
ROWS = [["text", "label"], *map(list, sentences(30))]


def workbook(path, sheets):
    """A minimal .xlsx of text cells."""
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
        for n, rows in enumerate(sheets.values()):
            lines = "".join(_line(r, row) for r, row in enumerate(rows, 1) if row)
            archive.writestr(
                f"xl/worksheets/s{n}.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
            )
    return path


def _line(number, row):
    cells = (f'<c r="{chr(65 + c)}{number}" t="inlineStr"><is><t>{value}</t></is></c>' for c, value in enumerate(row))
    return f'<row r="{number}">{"".join(cells)}</row>'


def test_a_cover_sheet_is_passed_over_and_said(tmp_path):
    path = workbook(tmp_path / "x.xlsx", {"Cover": [["Reviews 2026"]], "Data": ROWS, "Notes": [["nothing"]]})
    table = read_table(path)
    assert (table.sheet, table.sheets, len(table.frame)) == ("Data", ("Cover", "Data", "Notes"), 30)
    assert "3 sheets" in table.warnings[0] and table.frame.columns.tolist() == ["text", "label"]


def test_a_sheet_can_be_chosen(tmp_path):
    path = workbook(tmp_path / "x.xlsx", {"One": ROWS, "Two": ROWS[:11]})
    assert len(read_table(path, sheet="Two").frame) == 10
    with pytest.raises(DatasetError, match=r"no sheet 'Three'.*One, Two"):
        read_table(path, sheet="Three")
    with pytest.raises(DatasetError, match="is empty"):
        read_table(workbook(tmp_path / "y.xlsx", {"One": ROWS, "Two": []}), sheet="Two")


def test_a_title_above_the_names_is_set_aside(tmp_path):
    table = read_table(workbook(tmp_path / "x.xlsx", {"One": [["All reviews of May"], [], *ROWS]}))
    assert len(table.frame) == 30 and table.header
    assert table.skipped == ((1, "above the table", "All reviews of May", None),)


def test_passwords_and_documents_of_old_office_are_named(tmp_path):
    for stream, said in (("EncryptedPackage", "password"), ("WordDocument", "Word document")):
        path = tmp_path / "x.xls"
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le"))
        with pytest.raises(DatasetError, match=said):
            read_table(path)
