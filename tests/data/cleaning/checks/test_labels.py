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


def test_classes_whose_names_differ_in_a_sign_or_a_point_are_no_look_alikes(home, tmp_path):
    checks = checks_of(tmp_path, frame_of(["-1", "0", "1", "A", "A-", "1.0", "10", "3.5", "35"] * 12))
    check = checks["label look-alikes"]
    assert check.level == "ok" and check.fix is None
    assert checks["misspelt labels"].level == "ok"


def test_a_zero_width_space_in_a_label_is_shown_and_taken_out(home, tmp_path):
    check = checks_of(tmp_path, frame_of(["pos"] * 60 + ["neg"] * 60 + ["pos\u200b"] * 5))["label look-alikes"]
    assert r"'pos\u200b'" in check.message and check.fix.parameters == {"names": {"pos\u200b": "pos"}}
    assert check.count == 1 and len(check.rows) == 65


def test_labels_that_say_there_is_none_are_taken_out_by_one_click(home, tmp_path):
    check = checks_of(tmp_path, frame_of(["pos", "neg"] * 50 + ["nan"] * 12 + ["-"] * 9))["labels that say nothing"]
    assert check.level == "warning" and check.count == 21 and "'nan' (12), '-' (9)" in check.message
    assert (check.fix.operation, check.fix.parameters) == ("drop", {"what": "missing_labels"})


def test_misspelt_classes_are_found_and_not_buried_in_other(home, tmp_path):
    labels = ["Billing"] * 60 + ["Shipping"] * 60 + ["Bug"] * 40 + ["Biling"] * 3 + ["Shiping"] * 4 + ["Bugs"] * 5
    checks = checks_of(tmp_path, frame_of(labels))
    found = checks["misspelt labels"]
    assert found.fix.parameters == {"names": {"Biling": "Billing", "Shiping": "Shipping", "Bugs": "Bug"}}
    assert checks["small classes"].fix is None and "right name first" in checks["small classes"].remedy
    order = list(checks)
    assert order.index("misspelt labels") < order.index("small classes")


def test_findings_of_one_level_stand_by_consequence(home, tmp_path):
    frame = frame_of(["pos"] * 60 + ["neg"] * 60 + ["Pos"] * 5 + ["a"] * 3 + ["b"] * 4)
    frame.loc[126, ["review", "label"]] = frame.loc[0, "review"], "neg"
    order = [name for name, check in checks_of(tmp_path, frame).items() if check.level == "warning"]
    assert order.index("conflicting labels") < order.index("label look-alikes") < order.index("small classes")


def test_a_column_gives_the_label_away_also_where_classes_are_misspelt_or_missing(home, tmp_path):
    frame = frame_of(["Refund", "Delivery"] * 60)
    frame["team"] = ["money" if label == "Refund" else "parcels" for label in frame["label"]]
    frame.loc[[0, 2, 4], "label"], frame.loc[[1, 3], "label"], frame.loc[[6, 8], "label"] = "Refudn", "delivery", "n/a"
    frame.loc[10, "team"] = "parcels"  # a slip in one row does not hide it either
    check = checks_of(tmp_path, frame)["columns that give the label away"]
    assert check.level == "warning" and check.fix.parameters == {"columns": ["team"]}
    assert "right in 99 % of the rows" in check.message
