import json

import pytest

from core.errors import DatasetError
from tests.conftest import sentences
from tests.data.reading.conftest import read


def records(rows):
    return "".join(f'- text: "{text}"\n  label: {label}\n' for text, label in rows)


@pytest.mark.parametrize("name", ["x.yaml", "x.yml", "x.txt"])
def test_a_list_of_records_is_read_whatever_its_name(home, tmp_path, name):
    rows = sentences(20)
    table = read(tmp_path, records(rows), name)
    assert table.format == "yaml" and table.frame.columns.tolist() == ["text", "label"]
    assert table.frame.to_numpy().tolist() == [list(row) for row in rows]


def test_a_label_no_stays_a_word(home, tmp_path):
    table = read(
        tmp_path, "".join(f"- text: some words {n}\n  label: {'no' if n % 2 else 'yes'}\n" for n in range(6)), "x.yaml"
    )
    assert table.frame["label"].tolist() == ["yes", "no"] * 3


def test_parts_by_name_are_one_table(home, tmp_path):
    def part(begin):
        return "".join(f"  - text: some words {n}\n    label: a{n % 2}\n" for n in range(begin, begin + 5))

    table = read(tmp_path, f"train:\n{part(0)}test:\n{part(5)}", "x.yaml")
    assert len(table.frame) == 10 and {"train", "test"} in [set(table.frame[column]) for column in table.frame]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- text: 'never closed\n  label: a\n", "no valid YAML near line"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "refers to parts of itself"),
        ("just a sentence\n", "no list"),
        ("- " * 100_000 + "x", "no valid YAML"),
    ],
)
def test_what_is_no_list_of_records_is_told(home, tmp_path, content, said):
    with pytest.raises(DatasetError, match=said):
        read(tmp_path, content, "x.yaml")


def test_prose_with_dashes_is_no_yaml(home, tmp_path):
    table = read(tmp_path, "text;label\n- note: a thing;a\n- other: a thing;b\n" * 4, "x.csv")
    assert table.format == "csv"


def test_intents_of_rasa_are_the_labels_of_their_lines(home, tmp_path):
    content = 'version: "3.1"\nnlu:\n- intent: fly\n  examples: |\n    - to [Rome](city) please\n    - a [big]{"entity": "size"} one\n'
    content += "- intent: greet\n  examples: |\n    - hello there\n- lookup: city\n  examples: |\n    - Rome\n"
    frame = read(tmp_path, content, "nlu.yml").frame
    assert frame.to_numpy().tolist() == [["to Rome please", "fly"], ["a big one", "fly"], ["hello there", "greet"]]


def test_list_items_of_an_intent_of_rasa_are_messages_and_what_is_none_is_told(home, tmp_path):
    content = "nlu:\n- intent: fly\n  examples:\n  - text: |\n      to [Rome](city)\n    metadata: {a: b}\n  - to Oslo\n  - note: a\n"
    content += "- intent: bye\n  examples: |\n    - good bye\n    no dash here\n"
    table = read(tmp_path, content, "nlu.yml")
    assert table.frame.to_numpy().tolist() == [["to Rome", "fly"], ["to Oslo", "fly"], ["good bye", "bye"]]
    assert "2 examples of intents were left out" in table.warnings[0]


@pytest.mark.parametrize("missing", ["null", "~", "", "NULL"])
def test_a_label_that_is_nothing_is_missing_and_one_in_quotes_is_a_word(home, tmp_path, missing):
    content = records(sentences(8)) + f"- text: some words\n  label: {missing}\n- text: more words\n  label: 'null'\n"
    labels = read(tmp_path, content, "x.yaml").frame["label"].tolist()
    assert labels[8] is None and labels[9] == "null"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("pos:\n- some words\nneg:\n- more words\npos:\n- other words\n", "the key 'pos' near line 5"),
        ("- text: some words\n  label: a\n  label: b\n", "the key 'label' near line 3"),
    ],
)
def test_a_key_that_comes_again_is_named_with_its_line(home, tmp_path, content, said):
    with pytest.raises(DatasetError, match=said):
        read(tmp_path, content, "x.yaml")


ROWS = [list(row) for row in sentences(12)]


def test_lists_of_several_documents_are_one_table_and_a_document_about_them_is_told(home, tmp_path):
    content = f"title: mine\nversion: 1\n---\n{records(ROWS[:6])}---\n{records(ROWS[6:])}"
    table = read(tmp_path, content, "x.yaml")
    assert table.frame.to_numpy().tolist() == ROWS
    assert table.warnings == ("Document 1 (title, version) was left out: it holds no rows like the others.",)


def test_documents_of_one_record_each_are_rows(home, tmp_path):
    content = "title: mine\n---\n" + "---\n".join(f"text: {text}\nlabel: {label}\n" for text, label in ROWS)
    table = read(tmp_path, content, "x.yaml")
    assert table.frame.to_numpy().tolist() == ROWS and "Document 1 (title)" in table.warnings[0]


def test_documents_of_other_keys_are_one_object(home, tmp_path):
    def by_label(label):
        return f"{label}:\n" + "".join(f"- {text}\n" for text, other in ROWS if other == label)

    table = read(tmp_path, f"version: 1\n---\n{by_label('pos')}---\n{by_label('neg')}", "x.yaml")
    assert table.frame["label"].tolist() == ["pos"] * 6 + ["neg"] * 6


def test_a_document_without_rows_is_told_under_its_own_name(home, tmp_path):
    with pytest.raises(DatasetError, match=r"^x\.yaml holds"):
        read(tmp_path, "just words\n---\nmore words\n", "x.yaml")


def test_flow_style_is_read_by_its_ending_and_lines_of_json_stay_what_they_are(home, tmp_path):
    content = "[" + ",\n".join(f'{{text: "{text}", label: {label}}}' for text, label in ROWS) + "]\n"
    assert read(tmp_path, content, "x.yml").frame.to_numpy().tolist() == ROWS
    lines = "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in ROWS)
    assert read(tmp_path, lines, "y.yaml").format == "jsonl"
