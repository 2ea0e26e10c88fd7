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
