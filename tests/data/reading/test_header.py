from core.data.reading.header import column_names
from tests.conftest import sentences
from tests.data.reading.conftest import read


def test_a_first_row_of_data_is_not_taken_for_names(tmp_path):
    table = read(tmp_path, "\n".join(f"{label},{text}" for text, label in sentences(40)))
    assert not table.header and len(table.frame) == 40


def test_names_are_made_up_or_made_unique_where_the_file_has_none():
    assert column_names(None, 1) == ["text"] and column_names(None, 2) == ["0", "1"]
    assert column_names(["note", "", "note"], 4) == ["note", "Unnamed: 1", "note.1", "Unnamed: 3"]
