import pytest

from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.conftest import sentences
from tests.data.reading.conftest import read

ROWS = sentences(20)


def page(rows, before="", after="", begin="<!DOCTYPE html><html><head><title>Export</title></head><body>"):
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"{begin}{before}<table><tr><th>text</th><th>label</th></tr>{lines}</table>{after}</body></html>"


@pytest.mark.parametrize(
    ("name", "begin"), [("x.html", "<html>"), ("x.xls", "<table>"), ("x.csv", "\n<!doctype html>\n")]
)
def test_a_page_that_is_a_table_is_read_as_one(home, tmp_path, name, begin):
    table = read(tmp_path, page(ROWS, begin=begin), name)
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS]
    assert table.frame.columns.tolist() == ["text", "label"] and table.format == "a web page"


def test_marks_breaks_and_foreign_letters_in_cells_are_plain_text(home, tmp_path):
    rows = [("caf&eacute; &amp; <b>bold</b><br>second <script>no()</script>line", "pos"), *ROWS]
    assert read(tmp_path, page(rows), "x.html").frame["text"][0] == "café & bold\nsecond line"


def test_cells_that_span_rows_stand_in_each(home, tmp_path):
    body = "".join(
        f"<tr><td rowspan=2>{'ab'[n % 2]}</td><td>the first words {n}</td></tr><tr><td>other words {n}</td></tr>"
        for n in range(6)
    )
    frame = read(tmp_path, f"<table><tr><th>label</th><th>text</th></tr>{body}</table>", "x.html").frame
    assert (
        frame["label"].tolist() == [letter for n in range(6) for letter in "ab"[n % 2] * 2]
        and len(set(frame["text"])) == 12
    )


def test_cells_without_end_tags_as_old_pages_have_them(home, tmp_path):
    body = "".join(f"<tr><td>{text}<td>{label}" for text, label in ROWS)
    frame = read(tmp_path, f"<table><tr><th>text<th>label{body}</table>", "x.htm").frame
    assert frame.to_numpy().tolist() == [list(row) for row in ROWS]


@pytest.mark.parametrize(
    "content",
    [
        "<!DOCTYPE html><html><body><h1>404</h1><p>Not found</p></body></html>",
        page(ROWS[:2], before="<p>" + "A long page about many other things. " * 40 + "</p>"),
        "<html><table><tr><td>one cell</td></tr></table></html>",
        "<!doctype html>",
    ],
)
def test_a_page_that_is_no_table_is_refused_by_name(home, tmp_path, content):
    with pytest.raises(DatasetError, match="is a web page, not the file behind the link"):
        read(tmp_path, content, "x.csv")


def test_tags_inside_a_table_of_texts_do_not_make_it_a_page(home, tmp_path):
    content = "text,label\n" + "".join(f'"<table><tr><td>{text}</td></tr></table>",{label}\n' for text, label in ROWS)
    (tmp_path / "x.csv").write_text(content)
    assert read_table(tmp_path / "x.csv").format == "csv"
