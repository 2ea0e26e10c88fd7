import pytest

from tests.conftest import sentences
from tests.data.reading.conftest import delimited, read


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separator_and_encoding_are_found(tmp_path, delimiter, encoding):
    table = read(tmp_path, delimited(delimiter).encode(encoding))
    assert table.delimiter == delimiter and len(table.frame) == 30
    assert table.frame.columns.tolist() == ["text", "label"]
    assert table.frame["text"].tolist() == [text for text, _ in sentences(30)]


def test_line_breaks_and_separators_inside_quotes_stay_in_the_text(tmp_path):
    rows = ['"one, two\nthree ""four""",pos', '"five",neg'] * 5
    table = read(tmp_path, "text,label\n" + "\n".join(rows))
    assert len(table.frame) == 10 and table.frame["text"][0] == 'one, two\nthree "four"'


def test_ragged_rows_are_set_aside_with_their_line(tmp_path):
    content = delimited(",", 60) + "\none,two,three,four\n"
    table = read(tmp_path, content)
    assert len(table.frame) == 60 and table.skipped == ((62, "4 fields instead of 2", "one,two,three,four", 60),)
    assert "set aside" in table.warnings[0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_read(tmp_path, end):
    table = read(tmp_path, delimited(",", 40).replace("\n", end).encode())
    assert len(table.frame) == 40 and table.frame["label"].tolist() == [label for _, label in sentences(40)]


def test_a_carriage_return_inside_a_line_ends_no_row(tmp_path):
    table = read(tmp_path, "text\tlabel\n" + "\n".join(f"one\rtwo {n}\t{'ab'[n % 2]}" for n in range(30)), "x.tsv")
    assert len(table.frame) == 30 and table.frame["text"][3] == "one\rtwo 3"


def test_a_quote_that_never_closes_costs_no_row_in_a_quoted_table(tmp_path):
    rows = [f'"{text}, indeed","said ""so""",{label}' for text, label in sentences(50)]
    rows[20] = '"never closed,plain,pos'
    table = read(tmp_path, "\n".join(["text,note,label", *rows]))
    assert len(table.frame) == 50 and table.frame["label"][20] == "pos" and table.frame["text"][21].endswith(", indeed")
    assert "1 rows have quote marks out of place" in " ".join(table.warnings)


def test_names_that_come_again_where_files_were_glued_are_set_aside(tmp_path):
    table = read(tmp_path, delimited(",", 30) + "\n" + delimited(",", 20))
    assert len(table.frame) == 50 and [each.line for each in table.skipped] == [32]


def test_lines_above_the_names_are_set_aside(tmp_path):
    table = read(tmp_path, "Export of all reviews\n\n" + delimited(";", 30))
    assert (
        len(table.frame) == 30
        and table.header
        and [each.content for each in table.skipped] == ["Export of all reviews"]
    )


def test_the_line_by_which_excel_is_told_the_separator_is_no_row(tmp_path):
    table = read(tmp_path, "sep=;\n" + delimited(";", 20))
    assert len(table.frame) == 20 and table.skipped == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("named", [True, False])
def test_one_column_of_quoted_texts_with_line_breaks_keeps_its_rows(tmp_path, end, named):
    texts = [f"{text},{end}and so on; {number}" for number, (text, _) in enumerate(sentences(12))]
    content = end.join([*(["text"] if named else []), *(f'"{text}"' for text in texts)]) + end
    assert read(tmp_path, content).frame["text"].tolist() == texts


def test_a_file_of_one_quoted_text_keeps_no_quotes(tmp_path):
    frame = read(tmp_path, '"a text of one row,\nwith ""marks"" and a break"\n').frame
    assert frame["text"].tolist() == ['a text of one row,\nwith "marks" and a break']


@pytest.mark.parametrize(("mark", "rows"), [(",", 3), (";", 12), (",", 1)])
def test_blanks_after_the_separator_are_cut_however_few_rows_there_are(tmp_path, mark, rows):
    content = "\n".join([f"Review Text{mark} Sentiment", *(f'"a text{mark} more {n}"{mark} pos' for n in range(rows))])
    frame = read(tmp_path, content).frame
    assert frame.columns.tolist() == ["Review Text", "Sentiment"]
    assert frame.values.tolist() == [[f"a text{mark} more {n}", "pos"] for n in range(rows)]
