import pytest

from tests.conftest import sentences
from tests.data.reading.conftest import read


@pytest.mark.parametrize("delimiter", list("^~:#\x01\x1f¦§=* "))
def test_any_single_character_separates(tmp_path, delimiter):
    rows = [
        f"{number}{delimiter}{text.replace(' ', '_')}{delimiter}{label}"
        for number, (text, label) in enumerate(sentences(40))
    ]
    table = read(tmp_path, "\n".join([delimiter.join(["id", "text", "label"]), *rows]), "x.txt")
    assert (
        table.delimiter == delimiter
        and len(table.frame) == 40
        and table.frame.columns.tolist() == ["id", "text", "label"]
    )


def test_lines_of_prose_are_one_column_although_each_ends_with_a_stop(tmp_path):
    lines = [
        f"The {thing} was {adverb} good all in all."
        for thing in ("film", "meal", "book")
        for adverb in ("very", "so", "not")
    ]
    table = read(tmp_path, "\n".join(lines), "x.txt")
    assert table.delimiter is None and table.frame["text"].tolist() == lines


def test_a_blank_is_no_separator_where_rows_have_more_or_fewer_words(tmp_path):
    """Rows of unequal width were once an IndexError."""
    rows = [f'"It was warm, and full of taste {n}.", {("pos", "neg")[n % 2]}' for n in range(40)]
    table = read(tmp_path, "\n".join(["Review Text, Sentiment", *rows]))
    assert table.delimiter == "," and table.frame.columns.tolist() == ["Review Text", "Sentiment"]
    assert table.frame["Sentiment"].tolist() == ["pos", "neg"] * 20
