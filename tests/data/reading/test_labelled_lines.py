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


RECIPE = "cup of sugar,cups of flour,egg beaten well,spoons of oil,cloves of garlic,onion chopped fine,carrots cut up,pinch of salt"


@pytest.mark.parametrize(
    "lines",
    [
        [f"{1 + n % 2} {what}" for what in RECIPE.split(",") for n in range(2)],
        [f"{3 + n % 3} May 2021 {text}" for n, (text, _) in enumerate(ROWS)],
        [f"{1 + n % 3} May 2021 {text}" for n, (text, _) in enumerate(ROWS)],
        [f"{1 + n % 5} stars for {text}" for n, (text, _) in enumerate(ROWS)],
        [f"{1 + n % 3} of us said {text}" for n, (text, _) in enumerate(ROWS)],
        [f"{1 + n % 4} {'lamps' if n % 4 else 'lamp'} near the {text}" for n, (text, _) in enumerate(ROWS)],
        [f"{1 + n % 7} {text}" for n, (text, _) in enumerate(ROWS)],  # verses of some chapters
        [f"{7 * (n % 2) + 12} {text}" for n, (text, _) in enumerate(ROWS)],  # numbers of houses
    ],
)
def test_texts_that_begin_with_a_number_stay_whole(home, tmp_path, lines):
    table = read(tmp_path, "\n".join(lines), "x.txt")
    assert table.frame.iloc[:, 0].tolist() == lines and table.frame.shape[1] == 1


def labelled(rows):
    return [f"{label == 'pos':d} {text}" for text, label in rows]


def test_few_lines_are_asked_about_with_both_readings(home, tmp_path):
    lines = labelled(ROWS[:12])
    (ask,) = read(tmp_path, "\n".join(lines), "x.txt").asks
    assert (ask.about, ask.option) == ("header", "--no-header")
    assert ask.taken.preview[0] == {"text": ROWS[0][0][:80], "label": lines[0][0]}
    assert ask.other.preview[0] == {"text": lines[0][:80]}
    assert not read(tmp_path, "\n".join(labelled(ROWS)), "x.txt").asks


@pytest.mark.parametrize("said", [{"header": False}, {"delimiter": ";"}])
def test_what_a_user_says_about_the_file_wins(home, tmp_path, said):
    lines = labelled(ROWS)
    table = read(tmp_path, "\n".join(lines), "x.txt", **said)
    assert table.format == "csv" and (table.frame.iloc[:, 0].tolist() == lines or said != {"header": False})
    assert table.frame.shape[1] == 1


@pytest.mark.parametrize("labels", [5, 20])
def test_more_labels_than_two_and_questions_that_begin_alike_are_read(home, tmp_path, labels):
    lines = [
        f"{(n * 7) % labels} {('What is', 'Who was', 'How do', 'Can you')[n % 4]} {text}"
        for n, (text, _) in enumerate(ROWS * 3)
    ]
    assert read(tmp_path, "\n".join(lines), "x.txt").frame["label"].nunique() == labels
