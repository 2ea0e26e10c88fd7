import json

import pytest

from core.errors import DatasetError
from tests.data.reading.conftest import read


def test_a_json_list_that_is_cut_off_is_not_half_read(tmp_path):
    content = json.dumps([{"text": f"a film {n}", "label": n} for n in range(50)])
    with pytest.raises(DatasetError, match="cut off"):
        read(tmp_path, content[:-30], "x.json")


def test_a_json_list(tmp_path):
    assert len(read(tmp_path, json.dumps([{"text": "a", "label": 1}, {"text": "b", "label": 0}]), "x.json").frame) == 2
