from tests.conftest import sentences
from tests.data.reading.conftest import read


def test_a_first_row_of_data_is_not_taken_for_names(tmp_path):
    table = read(tmp_path, "\n".join(f"{label},{text}" for text, label in sentences(40)))
    assert not table.header and len(table.frame) == 40
