import pytest

from core.data.reading import page_tables
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


NAMES = "<tr><th>text</th><th>label</th></tr>"


def lines_of(rows):
    return "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)


def test_a_table_inside_a_cell_is_text_of_that_cell_and_shifts_no_other(home, tmp_path):
    rows = [(f"{text}<table><tr><td>size</td><td>3</td></tr></table>", label) for text, label in ROWS]
    frame = read(tmp_path, page(rows), "x.html").frame
    assert frame.to_numpy().tolist() == [[f"{text}\nsize 3", label] for text, label in ROWS]


def test_a_table_inside_a_table_that_only_places_it_is_read(home, tmp_path):
    content = f"<table><tr><td>Menu</td><td><table>{NAMES}{lines_of(ROWS)}</table></td></tr></table>"
    table = read(tmp_path, content, "x.html")
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS] and not table.warnings


def test_tables_of_the_same_names_are_one_and_others_are_told(home, tmp_path):
    other = "<table><tr><th>size</th><th>price</th></tr><tr><td>1</td><td>2</td></tr></table>"
    second = f"{other}<h2>More</h2><table>{NAMES}{lines_of(ROWS[15:])}</table>"
    table = read(tmp_path, page(ROWS[:15], after=second), "x.html")
    assert table.frame.to_numpy().tolist() == [list(row) for row in ROWS]
    assert "'size, price' with 1 rows" in table.warnings[0]


def test_a_second_table_of_many_words_does_not_hide_the_first(home, tmp_path):
    other = f"<table><tr><th>size</th><th>price</th></tr>{lines_of(ROWS[:8])}</table>"
    table = read(tmp_path, page(ROWS, before=other), "x.html")
    assert len(table.frame) == 20 and "'size, price' with 8 rows" in table.warnings[0]


def test_a_cell_without_an_end_goes_on_to_the_end_of_its_section(home, tmp_path):
    def section(label, rows):
        first, *rest = [f"<td>{text}</td>" for text, _ in rows]
        return (
            f"<tbody><tr><td rowspan=0>{label}</td>{first}</tr>"
            + "".join(f"<tr>{cell}</tr>" for cell in rest)
            + "</tbody>"
        )

    content = f"<table><tr><th>label</th><th>text</th></tr>{section('a', ROWS[:8])}{section('b', ROWS[8:])}</table>"
    frame = read(tmp_path, content, "x.html").frame
    assert frame["label"].tolist() == ["a"] * 8 + ["b"] * 12 and frame["text"].tolist() == [text for text, _ in ROWS]


@pytest.mark.parametrize(
    "begin", ["<html><head><meta charset=utf-8><title>x</title><body>", "<html><head><title>x</title>"]
)
def test_a_page_whose_head_is_not_closed_is_read(home, tmp_path, begin):
    assert len(read(tmp_path, page(ROWS, begin=begin), "x.html").frame) == 20


def test_cells_that_span_more_than_a_table_can_hold_are_refused(home, tmp_path, monkeypatch):
    monkeypatch.setattr(page_tables, "MOST_CELLS", 10_000)
    content = f"<table><tr><td rowspan=60000 colspan=2000>a</td></tr>{'<tr>' * 100}</table>"
    with pytest.raises(DatasetError, match="more than 10,000 cells"):
        read(tmp_path, content, "x.html")
