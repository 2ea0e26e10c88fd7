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
