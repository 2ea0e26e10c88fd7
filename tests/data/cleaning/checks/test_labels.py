import pandas as pd

from tests.conftest import sentences
from tests.data.cleaning.checks.conftest import checks_of


def frame_of(labels):
    return pd.DataFrame({"review": [text for text, _ in sentences(len(labels))], "label": labels})


def test_two_spellings_of_a_label_take_the_commonest(home, tmp_path):
    check = checks_of(tmp_path, frame_of(["pos"] * 60 + ["neg"] * 60 + ["Pos"] * 5))["label look-alikes"]
    assert check.level == "warning" and "'pos' / 'Pos'" in check.message
    assert check.fix.parameters == {"names": {"Pos": "pos"}}


def test_small_classes_can_be_merged_when_they_are_several(home, tmp_path):
    check = checks_of(tmp_path, frame_of(["a"] * 80 + ["b"] * 80 + ["c"] * 4 + ["d"] * 5))["small classes"]
    assert check.count == 2 and check.fix.parameters == {"names": {"c": "other", "d": "other"}}


def test_one_small_class_can_be_left_out(home, tmp_path):
    check = checks_of(tmp_path, frame_of(["a"] * 80 + ["b"] * 80 + ["c"] * 4))["small classes"]
    assert check.fix.operation == "filter" and check.fix.parameters["values"] == ["a", "b"]


def test_uneven_classes_are_told_with_what_guessing_would_get(home, tmp_path):
    check = checks_of(tmp_path, frame_of(["a"] * 190 + ["b"] * 10))["class balance"]
    assert check.level == "warning" and "already gives 95.0 % accuracy" in check.remedy


def test_a_column_that_decides_the_label_is_found_and_one_that_does_not_is_not(home, tmp_path):
    frame = frame_of(["pos", "neg"] * 60)
    frame["stars"] = [
        (9 if row % 4 else 8) if label == "pos" else (2 if row % 3 else 1) for row, label in enumerate(frame["label"])
    ]
    frame["month"] = [row % 5 for row in range(120)]
    check = checks_of(tmp_path, frame)["columns that give the label away"]
    assert check.level == "warning" and check.fix.parameters == {"columns": ["stars"]}


def test_what_the_commonest_class_gets_is_counted_where_it_is_judged(home, tmp_path):
    frame = frame_of(["often"] * 80 + ["seldom"] * 20 + ["often"] * 10 + ["seldom"] * 30)
    frame["split"] = ["train"] * 100 + ["test"] * 40
    remedy = checks_of(tmp_path, frame, split="split")["class balance"].remedy
    assert "always answering 'often' already gives 25.0 % accuracy on the 40 test rows" in remedy
