import json

import pytest

from core.data.reading import json_document, json_file
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


ROWS = [{"text": f"a text of some words {n}", "label": "ab"[n % 2]} for n in range(30)]


@pytest.fixture(params=["at once", "streamed"])
def any_size(request, monkeypatch):
    """Documents are read at once, or streamed as large ones are."""
    if request.param == "streamed":
        monkeypatch.setattr(json_document, "AT_ONCE", 0)
        monkeypatch.setattr(json_file, "AT_ONCE", 0)


def test_lists_for_parts_become_a_column_of_parts(tmp_path, any_size):
    value = {"train": ROWS[:20], "validation": ROWS[20:24], "test": ROWS[24:], "notes": [{"by": "a"}, {"by": "b"}]}
    table = read(tmp_path, json.dumps(value), "x.json")
    assert table.frame["text"].tolist() == [row["text"] for row in ROWS]
    assert table.frame["split"].value_counts().to_dict() == {"train": 20, "validation": 4, "test": 6}
    assert table.warnings == ("The list 'notes' with 2 items was left out: only the longest list is read.",)


def test_a_shorter_list_that_is_left_behind_is_told_with_its_size(tmp_path, any_size):
    table = read(tmp_path, json.dumps({"rows": ROWS, "others": ROWS[:7]}), "x.json")
    assert len(table.frame) == 30 and "'others' with 7 items" in table.warnings[0]


def test_parts_of_pairs_are_texts_and_labels(tmp_path):
    pairs = [[row["text"], row["label"]] for row in ROWS]
    value = {"train": pairs[:20], "val": pairs[20:25], "test": pairs[25:], "oos_train": [["what is this now", "oos"]]}
    frame = read(tmp_path, json.dumps(value), "x.json").frame
    assert frame.columns.tolist() == ["text", "label", "split"] and len(frame) == 31
    assert frame["split"].tolist().count("train") == 21 and set(frame["label"]) == {"a", "b", "oos"}


def test_parts_of_columns_and_parts_further_in(tmp_path):
    def columns(rows):
        return {"text": [row["text"] for row in rows], "label": [row["label"] for row in rows]}

    for value in (
        {"train": columns(ROWS[:20]), "test": columns(ROWS[20:])},
        {"data": {"train": ROWS[:20], "dev": ROWS[20:]}},
    ):
        frame = read(tmp_path, json.dumps(value), "x.json").frame
        assert (
            len(frame) == 30
            and frame["split"].nunique() == 2
            and frame["label"].tolist() == [row["label"] for row in ROWS]
        )


def test_the_texts_of_each_label(tmp_path):
    value = {"angry": ["why is this so late", "not again you people"], "happy": ["thank you for this"]}
    frame = read(tmp_path, json.dumps(value), "x.json").frame
    assert frame.to_numpy().tolist() == [
        ["why is this so late", "angry"],
        ["not again you people", "angry"],
        ["thank you for this", "happy"],
    ]


def test_texts_as_keys_with_their_labels(tmp_path):
    value = {f"a text of some words {n}": "ab"[n % 2] for n in range(10)}
    frame = read(tmp_path, json.dumps(value), "x.json").frame
    assert frame.columns.tolist() == ["text", "label"] and frame["label"].tolist() == ["a", "b"] * 5
    one = read(tmp_path, json.dumps({"text": "a text of some words", "label": "a", "id": 3}), "x.json").frame
    assert one.columns.tolist() == ["text", "label", "id"]
