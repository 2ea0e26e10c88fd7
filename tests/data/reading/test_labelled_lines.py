import pytest

from core.data.reading.labelled_lines import is_labelled_lines
from tests.conftest import sentences
from tests.data.reading.conftest import read

ROWS = sentences(40)


@pytest.mark.parametrize("labels", [("0", "1"), ("-1", "+1"), ("DESC:manner", "NUM:date")])
def test_a_label_and_a_blank_before_each_text(home, tmp_path, labels):
    lines = [f"{labels[label == 'pos']} {text} , it says : so ?" for text, label in ROWS]
    table = read(tmp_path, "\n".join(lines), "train.txt")
    assert table.frame["text"].tolist() == [f"{text} , it says : so ?" for text, _ in ROWS]
    assert table.frame["label"].tolist() == [labels[label == "pos"] for _, label in ROWS]


def test_a_line_without_a_label_is_set_aside_and_told(home, tmp_path):
    lines = [f"{label == 'pos':d} {text}" for text, label in ROWS] * 4
    table = read(tmp_path, "\n".join([*lines, "nobody labelled this line", ""]), "x.data")
    assert len(table.frame) == 160 and "no label at its beginning" in table.warnings[0]


@pytest.mark.parametrize(
    "lines",
    [
        [f"{n} {text}" for n, (text, _) in enumerate(ROWS)],  # a numbered list
        [
            f"{'How' if n % 2 else 'What'} {text} ?" for n, (text, _) in enumerate(ROWS)
        ],  # questions begin with few words
        [f"{label == 'pos':d}\t{text}" for text, label in ROWS],
        [f"{n % 3} {n % 7} {n % 5}.5 {n}" for n in range(40)],
        [f"1 {text}" for text, _ in ROWS],
    ],
)
def test_what_is_something_else_is_left_to_others(lines):
    assert not is_labelled_lines("\n".join(lines).encode(), "txt")
