import json

from tests.data.reading.conftest import read


def test_texts_that_stand_only_in_nested_objects_are_found(tmp_path):
    lines = [json.dumps({"id": n, "data": {"text": f"a film {n}", "label": "pos"}}) for n in range(3)]
    assert read(tmp_path, "\n".join(lines), "x.jsonl").frame["data.text"].tolist() == [
        "a film 0",
        "a film 1",
        "a film 2",
    ]
