import json

import pytest

from tests.data.reading.conftest import read


@pytest.mark.parametrize(
    "value",
    [
        {"text": ["a good one", "a bad one"], "label": ["pos", "neg"]},
        {"data": [{"text": "a good one", "label": "pos"}, {"text": "a bad one", "label": "neg"}], "version": 1},
        {"columns": ["text", "label"], "index": [0, 1], "data": [["a good one", "pos"], ["a bad one", "neg"]]},
        {"text": {"0": "a good one", "1": "a bad one"}, "label": {"0": "pos", "1": "neg"}},
    ],
)
def test_tables_inside_a_json_object(tmp_path, value):
    frame = read(tmp_path, json.dumps(value), "x.json").frame
    assert frame[["text", "label"]].values.tolist() == [["a good one", "pos"], ["a bad one", "neg"]]
