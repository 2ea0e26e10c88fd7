import json

import pytest

from core.data.reading.read import whole_table
from core.data.reading.readers import open_table
from core.errors import DatasetError
from tests.conftest import sentences
from tests.data.reading.conftest import read

ROWS = [{"text": text, "label": label} for text, label in sentences(30)]
LINES, LIST = "\n".join(map(json.dumps, ROWS)), json.dumps(ROWS)


@pytest.mark.parametrize(
    ("content", "name", "format"),
    [
        (LINES, "x.jsonl", "jsonl"),
        (LINES, "x.txt", "jsonl"),
        (LINES, "x.csv", "jsonl"),
        (LINES, "x.json", "json"),
        (LIST, "x.json", "json"),
        (LIST, "x.jsonl", "json"),
        (LIST, "x.csv", "json"),
        (json.dumps(ROWS, indent=1), "x.ndjson", "json"),
        (json.dumps({"data": ROWS}, indent=1), "x.jsonl", "json"),
    ],
)
def test_lines_and_documents_are_told_apart_by_content_before_the_ending(tmp_path, content, name, format):
    table = read(tmp_path, content, name)
    assert table.format == format and table.frame.to_dict("records") == ROWS


@pytest.mark.parametrize("content", [LINES, LIST])
def test_a_small_file_is_read_a_single_time(tmp_path, content):
    path = tmp_path / "x.jsonl"
    path.write_text(content)
    opened = open_table(path)
    path.unlink()
    assert len(whole_table(opened).frame) == len(whole_table(opened).frame) == 30


def test_json_without_objects_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="no list of JSON objects"):
        read(tmp_path, "[1, 2, 3]", "x.json")
