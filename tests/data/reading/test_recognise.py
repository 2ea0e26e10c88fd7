import pytest

from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.data.reading.conftest import CSV, delimited, read, zipped


@pytest.mark.parametrize(
    ("content", "name", "part"),
    [
        (b"", "x.csv", "empty"),
        (b"  \n", "x.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n123", "x.csv", "PNG"),
        (b"%PDF-1.7 ...", "x.csv", "PDF"),
        (b"PAR1 but cut off", "x.parquet", "Parquet"),
        (b"PK\x03\x04 not a workbook xl/", "x.xlsx", "Excel"),
        (bytes(range(256)) * 20, "x.csv", "binary"),
        (b'{"a": 1', "x.json", "JSON"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, name, part):
    with pytest.raises(DatasetError, match=part):
        read(tmp_path, content, name)


def test_text_under_a_binary_name_is_read_and_told(tmp_path):
    table = read(tmp_path, delimited(","), "x.parquet")
    assert len(table.frame) == 30 and "ends in .parquet, but the file holds plain text" in table.warnings[0]


def test_a_binary_file_is_read_as_what_it_is_whatever_its_name(tmp_path):
    path = zipped(tmp_path / "x.parquet", {"x.csv": CSV})
    assert len(read_table(path).frame) == 40


def test_bytes_of_no_known_kind_under_a_binary_name_are_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"not a xlsx file: its first bytes are of no known kind"):
        read(tmp_path, bytes(range(256)) * 20, "x.xlsx")


def test_a_path_without_a_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(DatasetError, match="There is no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(DatasetError, match="is a folder"):
        read_table(tmp_path)


@pytest.mark.parametrize(
    "line", ["{word} O", "{word} NNP B-NP {tag}", "{word}\t{tag}", "{n}\t{word}\tx\tNOUN\tNN\t_\t2\tobj\t_\t_"]
)
def test_files_of_tagged_words_are_told_by_name(tmp_path, line):
    words = enumerate("Ann sees the small dog".split(), 1)
    sentence = "\n".join(line.format(word=word, n=n, tag="B-PER" if n == 1 else "O") for n, word in words)
    with pytest.raises(DatasetError, match="one word a line"):
        read(tmp_path, f"-DOCSTART- -X- O O\n\n{sentence}\n\n{sentence}\n\n{sentence}\n", "x.txt")
