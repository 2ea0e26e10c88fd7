import json

from core.data.reading import json_file, json_rows
from core.data.reading.read import whole_table
from core.data.reading.readers import open_table
from tests.data.reading.conftest import read


def test_texts_that_stand_only_in_nested_objects_are_found(tmp_path):
    lines = [json.dumps({"id": n, "data": {"text": f"a film {n}", "label": "pos"}}) for n in range(3)]
    assert read(tmp_path, "\n".join(lines), "x.jsonl").frame["data.text"].tolist() == [
        "a film 0",
        "a film 1",
        "a film 2",
    ]


def test_a_large_file_is_peeked_into_all_over_without_being_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "AT_ONCE", 0)
    monkeypatch.setattr(json_rows, "PEEKED", 100)
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(json.dumps({"text": f"film {n}"}) for n in range(1000)))
    opened = open_table(path)
    whole = whole_table(opened)
    path.unlink()
    texts = opened.peek()["text"].tolist()
    assert 50 <= len(texts) <= 101 and texts[0] == "film 0" and int(texts[-1].split()[1]) > 900
    assert len(whole.frame) == 1000


def test_rows_that_are_no_objects_are_skipped_and_lists_and_strings_are_rows(tmp_path):
    table = read(tmp_path, '["a list", 1]\n7\n"a text"\n{"text": "an object"}\n', "x.jsonl")
    assert table.frame.columns.tolist() == ["0", "1", "text"] and len(table.frame) == 3
    assert table.skipped == ((2, "not a JSON object", "7", 1),)


def test_half_a_surrogate_pair_becomes_the_replacement_mark(tmp_path):
    assert read(tmp_path, '{"text": "a\\ud800b"}\n', "x.jsonl").frame["text"][0] == "a\ufffdb"
