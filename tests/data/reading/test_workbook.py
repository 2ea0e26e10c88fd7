import zipfile

import pytest

from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.conftest import sentences
from tests.data.reading.conftest import workbook, zipped

ROWS = [["text", "label"], *map(list, sentences(30))]


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


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY x SYSTEM "{secret}">',
        '<!ENTITY a "lollollollol">'
        + "".join(
            f'<!ENTITY {name} "{10 * f"&{before};"}">' for before, name in zip("abcdefgh", "bcdefghx", strict=True)
        ),
    ],
    ids=["a file of this machine", "billion laughs"],
)
def test_entities_of_a_sheet_are_never_resolved(tmp_path, entities):
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    path = workbook(tmp_path / "x.xlsx", {"One": ROWS})
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    declared = f"<!DOCTYPE worksheet [{entities.replace('{secret}', secret.as_uri())}]>".encode()
    sheet = parts["xl/worksheets/s0.xml"]
    text = ROWS[1][0].encode()
    assert text in sheet
    parts["xl/worksheets/s0.xml"] = declared + sheet.replace(text, b"&x;", 1)
    harmed = zipped(tmp_path / "harmed.xlsx", parts)
    try:
        table = read_table(harmed)
    except DatasetError as error:
        assert error.hint
    else:
        said = table.frame.to_string()
        assert "a secret" not in said and "lollol" not in said
