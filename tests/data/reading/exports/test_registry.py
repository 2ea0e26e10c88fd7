"""Records as annotation tools write them, read as people's files are: by name and content alone."""

import json

import pytest

from core.data.columns.guess import choose_roles
from core.data.sets.add import add_dataset
from core.errors import DatasetError
from tests.conftest import sentences
from tests.data.reading.conftest import read

ROWS = sentences(60)


def stored(tmp_path, records, name="export.jsonl", **options):
    """The set that a file of these records becomes."""
    lines = records if isinstance(records, str) else "\n".join(json.dumps(record) for record in records)
    (tmp_path / name).write_text(lines, encoding="utf-8")
    return add_dataset(tmp_path / name, **options)[0]


def task(number, text, value, kind="choices", **annotation):
    """One task of a full export of Label Studio."""
    result = [{"value": value, "from_name": "mood", "to_name": "text", "type": kind}]
    said = [{"id": number, "was_cancelled": False, "result": result} | annotation]
    return {"id": number, "data": {"review": text}, "annotations": said, "predictions": [], "file_upload": "items.csv"}


def test_the_full_export_of_label_studio_gives_texts_and_choices(home, tmp_path):
    tasks = [task(number, text, {"choices": [label]}) for number, (text, label) in enumerate(ROWS)]
    dataset = stored(tmp_path, json.dumps(tasks), "project-3.json")
    assert (dataset.rows, dataset.text, dataset.label) == (60, "review", "mood")
    assert (dataset.task, dataset.labels) == ("single_label", ("neg", "pos"))


def test_several_choices_ratings_and_skipped_tasks_of_label_studio(home, tmp_path):
    several = [
        task(number, text, {"choices": [label, "late"] if number % 3 else [label]}, was_cancelled=number % 10 == 0)
        for number, (text, label) in enumerate(ROWS)
    ]
    dataset = stored(tmp_path, json.dumps(several), "several.json")
    assert (dataset.task, dataset.labels, dataset.rows) == ("multi_label", ("late", "neg", "pos"), 54)
    assert dataset.skipped == {"skipped by the annotator": 6}
    ratings = [task(number, text, {"rating": number % 5 + 1}, "rating") for number, (text, _) in enumerate(ROWS)]
    assert stored(tmp_path, json.dumps(ratings), "ratings.json").labels == ("1", "2", "3", "4", "5")


def test_of_several_annotators_the_most_count_and_a_tie_is_set_aside(tmp_path):
    def said(*labels):
        annotations = [task(1, "", {"choices": [label]})["annotations"][0] for label in labels]
        return {
            "id": len(labels),
            "data": {"text": f"a text that {len(labels)} people read"},
            "annotations": annotations,
        }

    table = read(tmp_path, json.dumps([said("a", "b", "b"), said("a", "b")] * 5), "x.json")
    assert table.frame["mood"].tolist() == ["b"] * 5
    assert {row.reason for row in table.skipped} == {"annotators disagree on 'mood'"}


def test_choices_of_label_studio_in_a_cell_are_labels(home, tmp_path):
    cells = [
        label if number % 2 else json.dumps({"choices": [label, "late"]}) for number, (_, label) in enumerate(ROWS)
    ]
    lines = [
        f'{number},"{text}","{cell.replace(chr(34), chr(34) * 2)}"'
        for number, ((text, _), cell) in enumerate(zip(ROWS, cells, strict=True))
    ]
    dataset = stored(tmp_path, "\n".join(["annotation_id,text,topic", *lines]), "export.csv")
    assert (dataset.label, dataset.task, dataset.labels) == ("topic", "multi_label", ("late", "neg", "pos"))


@pytest.mark.parametrize(
    "record",
    [
        task(1, "a text", {"start": 0, "end": 1, "labels": ["X"]}, "labels"),
        {"id": 1, "text": "a text of some words", "label": [[0, 1, "X"]], "Comments": []},
        {"text": "a text of some words", "spans": [{"start": 0, "end": 1, "label": "X"}], "answer": "accept", "_task_hash": 1},
        {"text": "a text of some words", "entities": [{"start_offset": 0, "end_offset": 1, "label": "X"}]},
    ],
)  # fmt: skip
def test_exports_of_places_in_texts_are_refused_by_what_they_are(tmp_path, record):
    with pytest.raises(DatasetError, match="spans") as refusal:
        read(tmp_path, json.dumps([record] * 8), "x.json")
    assert "whole texts" in refusal.value.hint


def prodigy(number, text, **fields):
    return {"text": text, "_input_hash": number, "_task_hash": -number, "meta": {"source": "shop"}} | fields


def test_choices_of_prodigy_count_where_the_annotator_accepted(home, tmp_path):
    answers = ("accept", "accept", "reject", "accept", "ignore")
    records = [
        prodigy(
            number, text, options=[{"id": "POS"}, {"id": "NEG"}], accept=[label.upper()], answer=answers[number % 5]
        )
        for number, (text, label) in enumerate(ROWS)
    ]
    dataset = stored(tmp_path, records)
    assert (dataset.rows, dataset.label, dataset.labels) == (36, "label", ("NEG", "POS"))
    assert dataset.skipped == {"rejected by the annotator": 12, "ignored by the annotator": 12}


def test_one_label_of_prodigy_that_was_accepted_or_rejected_is_answered_yes_or_no(home, tmp_path):
    records = [
        prodigy(number, text, label="BUG", answer="accept" if label == "pos" else "reject")
        for number, (text, label) in enumerate(ROWS)
    ]
    dataset = stored(tmp_path, records)
    assert (dataset.rows, dataset.label, dataset.labels) == (60, "answer", ("accept", "reject"))


def test_people_of_argilla_go_before_its_suggestions(home, tmp_path):
    states = ("submitted", "submitted", "discarded", None)
    flat = [
        {
            "id": f"r{number}", "text": text, "mood.responses": [label] if states[number % 4] else None,
            "mood.responses.status": [states[number % 4]] if states[number % 4] else None, "mood.suggestion": "guessed",
        }
        for number, (text, label) in enumerate(ROWS)
    ]  # fmt: skip
    dataset = stored(tmp_path, flat)
    assert (dataset.label, dataset.labels, dataset.rows) == ("mood", ("neg", "pos"), 30)
    assert dataset.skipped == {"discarded by the annotator": 15, "without label": 15}


def test_nested_and_first_records_of_argilla(tmp_path):
    nested = [
        {"id": str(number), "fields": {"text": text}, "suggestions": {"mood": {"value": "guessed"}}, "status": "completed",
         "responses": {"mood": [{"value": label, "status": "submitted"}]}}
        for number, (text, label) in enumerate(ROWS)
    ]  # fmt: skip
    assert read(tmp_path, json.dumps(nested), "x.json").frame["mood"].tolist() == [label for _, label in ROWS]
    first = [
        {
            "inputs": {"text": text},
            "prediction": [{"label": "x", "score": 0.9}],
            "annotation": label,
            "status": "Validated",
        }
        for text, label in ROWS
    ]
    assert read(tmp_path, json.dumps(first), "x.json").frame["label"].tolist() == [label for _, label in ROWS]


def test_lists_that_hold_one_label_each_are_one_label_a_row(home, tmp_path):
    records = [{"id": n, "text": text, "label": [label], "Comments": []} for n, (text, label) in enumerate(ROWS)]
    dataset = stored(tmp_path, records)
    assert (dataset.task, dataset.labels) == ("single_label", ("neg", "pos"))


def test_labels_of_the_first_doccano_are_unwrapped(tmp_path):
    records = [{"text": text, "annotations": [{"label": 3, "user": 1}]} for text, _ in ROWS]
    assert set(read(tmp_path, json.dumps(records), "x.json").frame["label"]) == {"3"}


@pytest.mark.parametrize("exclusive", [True, False])
def test_categories_of_spacy_are_the_names_that_are_said(home, tmp_path, exclusive):
    records = [
        {
            "text": text,
            "cats": {"POS": float(label == "pos"), "NEG": float(label == "neg" or (not exclusive and n % 3 == 0))},
        }
        for n, (text, label) in enumerate(ROWS)
    ]
    dataset = stored(tmp_path, records)
    assert dataset.labels == ("NEG", "POS")
    assert dataset.task == ("single_label" if exclusive else "multi_label")


def test_a_pair_of_text_and_categories_is_a_row(home, tmp_path):
    pairs = [[text, {"cats": {"POS": int(label == "pos"), "NEG": int(label == "neg")}}] for text, label in ROWS]
    assert stored(tmp_path, json.dumps(pairs), "x.json").labels == ("NEG", "POS")


def chat(*turns, names=("messages", "role", "content")):
    """A conversation of (who, what) in one of the usual spellings."""
    return {names[0]: [{names[1]: who, names[2]: said} for who, said in turns]}


@pytest.mark.parametrize(
    "record",
    [
        lambda text, label: chat(("system", "Sort."), ("user", text), ("assistant", label)),
        lambda text, label: chat(("human", text), ("gpt", label), names=("conversations", "from", "value")),
        lambda text, label: chat(("user", [{"type": "text", "text": text}]), ("assistant", label)),
    ],
)
def test_of_a_chat_the_question_is_the_text_and_the_answer_its_label(home, tmp_path, record):
    dataset = stored(tmp_path, [record(text, label) for text, label in ROWS])
    assert (dataset.text, dataset.label, dataset.labels) == ("text", "label", ("neg", "pos"))
    assert dataset.frame()["text"].tolist() == [text for text, _ in ROWS]


def test_a_chat_without_a_user_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="no message of a user"):
        read(tmp_path, json.dumps([{"messages": [{"role": "assistant", "content": "hello"}]}] * 5), "x.json")


def test_lists_of_words_become_texts_in_any_format(tmp_path):
    words = [["A", "good", "one", ",", "he", "said", "."], ["Never", "again", "in", "here", "!"]] * 10
    labels = ["pos", "neg"] * 10
    as_json = read(
        tmp_path, json.dumps([{"tokens": w, "label": x} for w, x in zip(words, labels, strict=True)]), "x.json"
    )
    as_csv = read(tmp_path, "\n".join(["tokens,label", *(f'"{w}",{x}' for w, x in zip(words, labels, strict=True))]))
    for table in (as_json, as_csv):
        assert table.frame["text"].tolist()[:2] == ["A good one, he said.", "Never again in here!"]
        assert choose_roles(table.frame, {}).label == "label"


def test_labels_of_single_words_are_refused(tmp_path):
    records = [{"id": n, "tokens": ["Anna", "lives", "here"], "ner_tags": [1, 0, 0]} for n in range(10)]
    with pytest.raises(DatasetError, match="labels every word"):
        read(tmp_path, json.dumps(records), "x.json")
