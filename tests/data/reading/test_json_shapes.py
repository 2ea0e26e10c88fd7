import json

import pytest

from core.data.reading import json_document, json_file
from core.errors import DatasetError
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


def texts_of(word, count=12):
    return ["Great!", *(f"some {word} words of number {n}" for n in range(count - 1))]


@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
@pytest.mark.parametrize("extra", [{}, {"version": "1.0", "neutral": []}])
def test_equally_many_texts_of_each_label_are_no_columns_and_that_is_told(tmp_path, name, extra):
    value = {"angry": texts_of("angry"), "happy": texts_of("happy"), "calm": texts_of("calm")} | extra
    table = read(tmp_path, json.dumps(value, indent=1), name)
    assert table.frame.columns.tolist() == ["text", "label"]
    assert table.frame["label"].tolist() == ["angry"] * 12 + ["happy"] * 12 + ["calm"] * 12
    assert table.frame["text"][:12].tolist() == texts_of("angry")
    assert "'angry', 'happy', 'calm' were taken as the labels" in table.warnings[0]


@pytest.mark.parametrize("names", [("text", "reply"), ("sentence1", "sentence2"), ("title", "summary")])
def test_lists_of_texts_under_usual_names_stay_columns(tmp_path, names):
    value = dict(zip(names, (texts_of("first"), texts_of("second")), strict=True)) | {"version": 2}
    assert read(tmp_path, json.dumps(value), "x.json").frame.columns.tolist() == list(names)


def test_a_list_of_few_words_beside_texts_makes_columns(tmp_path):
    value = {"wording": texts_of("any"), "mood": ["quite good", "bad"] * 6}
    assert read(tmp_path, json.dumps(value), "x.json").frame.columns.tolist() == ["wording", "mood"]


def test_single_words_and_a_version_do_not_hide_labels_and_numbers_are_told_as_left_out(tmp_path):
    value = {"version": "1", "spam": texts_of("bad", 9), "ham": texts_of("good", 20), "weights": [1, 2]}
    table = read(tmp_path, json.dumps(value), "x.json")
    assert table.frame["label"].tolist() == ["spam"] * 9 + ["ham"] * 20 and "Great!" in set(table.frame["text"])
    assert "'weights' was left out" in table.warnings[0]


def test_labels_one_level_further_in_are_found(tmp_path):
    value = {"version": 1, "data": {"angry": texts_of("angry"), "happy": texts_of("happy", 15)}}
    assert set(read(tmp_path, json.dumps(value), "x.json").frame["label"]) == {"angry", "happy"}


def test_texts_written_without_blanks_are_texts(tmp_path):
    value = {
        "正面": [f"这部电影真的很好看{n}" for n in "一二三四五"],
        "负面": [f"这部电影真的不好看{n}" for n in "一二三四五"],
    }
    assert read(tmp_path, json.dumps(value), "x.json").frame["label"].tolist() == ["正面"] * 5 + ["负面"] * 5


def test_objects_under_labels_keep_their_label(tmp_path, any_size):
    value = {
        "version": 1,
        "angry": [{"text": text, "id": n} for n, text in enumerate(texts_of("angry"))],
        "happy": [{"text": text, "id": n} for n, text in enumerate(texts_of("happy", 15))],
    }
    table = read(tmp_path, json.dumps(value), "x.json")
    assert table.frame["label"].tolist() == ["angry"] * 12 + ["happy"] * 15 and not table.warnings
    assert table.frame["text"].tolist() == texts_of("angry") + texts_of("happy", 15)


def test_one_record_with_lists_in_it_is_one_row(tmp_path):
    value = {"text": "some words of one record", "labels": ["a b", "c d"], "notes": ["e f", "g h"]}
    assert len(read(tmp_path, json.dumps(value), "x.json").frame) == 1


def test_lists_under_one_key_that_comes_again_are_joined(tmp_path, any_size):
    pieces = [("angry", texts_of("angry")), ("happy", texts_of("happy", 15)), ("angry", texts_of("cross", 5))]
    content = "{" + ", ".join(f"{json.dumps(key)}: {json.dumps(texts)}" for key, texts in pieces) + "}"
    frame = read(tmp_path, content, "x.json").frame
    assert frame["label"].value_counts().to_dict() == {"angry": 17, "happy": 15}


def test_records_under_a_part_that_comes_again_are_joined(tmp_path, any_size):
    pieces = [("train", ROWS[:10]), ("test", ROWS[10:14]), ("train", ROWS[14:])]
    content = "{" + ", ".join(f"{json.dumps(key)}: {json.dumps(rows)}" for key, rows in pieces) + "}"
    assert read(tmp_path, content, "x.json").frame["split"].value_counts().to_dict() == {"train": 26, "test": 4}


RECORD = '{"text": "some words", "label": "a", "label": "b"}'


@pytest.mark.parametrize(
    "content", [f'[{{"text": "x y"}}, {RECORD}]', f'{{"rows": [{{"text": "x y"}}, {RECORD}]}}', RECORD]
)
def test_another_key_that_comes_again_is_named(tmp_path, any_size, content):
    with pytest.raises(DatasetError, match=r"x\.json: .*the key 'label' stands twice with different values"):
        read(tmp_path, content, "x.json")


def test_a_key_that_comes_again_with_the_same_value_is_one(tmp_path, any_size):
    content = '[{"text": "some words", "label": "a", "label": "a"}, {"text": "more words", "label": "b"}]'
    assert read(tmp_path, content, "x.json").frame["label"].tolist() == ["a", "b"]


def test_a_line_with_a_key_that_comes_again_is_set_aside_by_its_number(tmp_path):
    lines = [json.dumps(row) for row in ROWS[:5]] + [RECORD]
    table = read(tmp_path, "\n".join(lines), "x.jsonl")
    assert len(table.frame) == 5 and "the key 'label' stands twice" in table.warnings[0] and table.skipped[0].line == 6
