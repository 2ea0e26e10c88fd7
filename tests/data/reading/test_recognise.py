import pytest

from core.errors import DatasetError
from tests.data.reading.conftest import read


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
