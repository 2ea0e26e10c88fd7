from tests.data.cleaning.checks.conftest import checks_of, distinct_rows

NEAR = "we stayed three nights in a small hotel by the river and the breakfast was the best part of our whole trip"


def test_a_sound_set_has_nothing_to_mend(home, tmp_path):
    found = checks_of(tmp_path, distinct_rows(), seed=1)
    names = ("duplicates", "near duplicates", "leakage", "near leakage", "conflicting labels")
    assert all(found[name].level == "ok" for name in names)


def test_a_repeat_in_other_case_is_found_and_shown_beside_its_first(home, tmp_path):
    frame = distinct_rows()
    frame.loc[50, ["review", "label"]] = [frame.loc[10, "review"].upper() + " ", frame.loc[10, "label"]]
    check = checks_of(tmp_path, frame)["duplicates"]
    assert check.count == 1 and set(check.rows) == {10, 50}
    assert check.fix.operation == "drop" and check.fix.parameters == {"what": "exact_duplicates"}


def test_the_same_text_with_two_labels_is_a_conflict_and_not_a_repeat(home, tmp_path):
    frame = distinct_rows()
    frame.loc[50, ["review", "label"]] = [frame.loc[10, "review"], "pos" if frame.loc[10, "label"] == "neg" else "neg"]
    found = checks_of(tmp_path, frame)
    assert found["duplicates"].level == "ok"
    assert found["conflicting labels"].level == "warning" and set(found["conflicting labels"].rows) == {10, 50}


def test_near_copies_are_told_and_stand_side_by_side(home, tmp_path):
    frame = distinct_rows()
    frame.loc[[5, 60], "review"] = [NEAR, NEAR.replace("three", "four")]
    frame.loc[[5, 60], "label"] = "pos"
    check = checks_of(tmp_path, frame)["near duplicates"]
    assert check.count == 1 and set(check.rows) == {5, 60}


def test_leakage_counts_texts_of_test_and_would_remove_the_training_side(home, tmp_path):
    frame = distinct_rows(split=True)
    frame.loc[3, ["review", "label"]] = frame.loc[100, ["review", "label"]].tolist()  # 100 is a test row
    check = checks_of(tmp_path, frame, split="split")["leakage"]
    assert "1 text of test stands in training or validation too" in check.message
    assert check.count == 1 and check.fix.parameters == {"what": "leaking"} and set(check.rows) == {3, 100}


def test_near_leakage_is_found_across_parts_only(home, tmp_path):
    frame = distinct_rows(split=True)
    frame.loc[[4, 5], "review"] = [NEAR, NEAR.replace("three", "four")]
    assert checks_of(tmp_path, frame, split="split")["near leakage"].level == "ok"
    frame.loc[110, "review"] = NEAR.replace("best", "finest")
    assert set(checks_of(tmp_path, frame, split="split")["near leakage"].rows) == {4, 110}
