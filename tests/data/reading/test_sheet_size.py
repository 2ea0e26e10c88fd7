"""A sheet whose cells lie far apart is refused before room is made for all the empty ones between them."""

import zipfile
from pathlib import Path

import pytest

from core.data.reading.read import read_table
from core.errors import DatasetError

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def workbook(path: Path, cells: list[tuple[str, str]]) -> Path:
    """A workbook of one sheet, made by hand: (reference, text) of its cells, one a row."""
    rows = "".join(f'<row><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>' for place, text in cells)
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{SHEET_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData></worksheet>',
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, f'<?xml version="1.0"?>{content}')
    return path


def test_two_cells_in_opposite_corners_are_refused_with_their_span(tmp_path):
    path = workbook(tmp_path / "sparse.xlsx", [("A1", "text"), ("XFD1048576", "1")])
    with pytest.raises(DatasetError, match="spread over 1,048,576 rows and 16,384 columns"):
        read_table(path)


def test_a_cell_beyond_every_sheet_ends_in_a_sentence_too(tmp_path):
    path = workbook(tmp_path / "beyond.xlsx", [("A1", "text"), ("XFD3000000000", "1")])
    with pytest.raises(DatasetError, match=r"beyond\.xlsx"):
        read_table(path)


def test_a_sheet_of_thousands_of_columns_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="16,384 columns"):
        read_table(workbook(tmp_path / "wide.xlsx", [("A1", "text"), ("XFD3", "1")]))


def test_a_few_empty_columns_and_rows_are_no_fault(tmp_path):
    cells = [("C5", "text"), *((f"C{row}", f"a text of row {row}") for row in range(900, 960))]
    assert len(read_table(workbook(tmp_path / "x.xlsx", cells)).frame) == 60
