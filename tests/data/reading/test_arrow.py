import pyarrow as pa
import pytest

from core.data.reading.read import read_table


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_arrow_files(tmp_path, kind):
    table = pa.table({"text": ["good", "bad"], "label": [1, 0]})
    path = tmp_path / "x.arrow"
    with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(str(path), table.schema) as writer:
        writer.write_table(table)
    found = read_table(path)
    assert found.format == "arrow" and found.frame["label"].tolist() == [1, 0]
