import numpy as np
import pandas as pd
import pytest

from core.data.columns.answers import stored_answers
from core.data.columns.guess import choose_roles, guess_roles
from core.data.columns.kinds import look_at_labels
from core.data.columns.labels import strata
from core.data.sets.add import add_dataset
from core.data.splits.draw import draw
from core.data.splits.split import split_rows
from core.errors import DatasetError
from tests.conftest import sentences

SETS = [["joy"], ["joy", "love"], [], ["anger"], ["love"]] * 12


def table(**columns):
    texts = [text for text, _ in sentences(60)]
    return pd.DataFrame({"text": texts} | columns)


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (SETS, None),
        ([np.array(each, dtype=object) for each in SETS], None),
        ([str(each) for each in SETS], None),
        ([str(each).replace("'", '"') for each in SETS], None),
        (["|".join(each) or "[]" for each in SETS], "|"),
        ([", ".join(each) or "[]" for each in SETS], ","),
    ],
)
def test_several_labels_are_understood_however_they_are_written(cells, separator):
    frame = table(labels=cells)
    kind = look_at_labels(frame["labels"])
    assert kind.task == "multi_label"
    stored = stored_answers(frame, "multi_label", "labels", (), separator)
    assert stored.tolist() == ["joy", "joy|love", "", "anger", "love"] * 12


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (["Sci/Tech", "World"] * 30, "single_label"),
        ([f"Town {n}, Land {n % 3}" for n in range(20)] * 3, "single_label"),
        ([1, 2, 3, 4, 7, 8] * 10, "single_label"),
        ([0.5, 1.25, 3.8] * 20, "regression"),
        (["3,5", "1,25", "0,1"] * 20, "regression"),
        (list(range(0, 300, 5)), "regression"),
        ([1.0, 0.0] * 30, "single_label"),
        ([True, False] * 30, "single_label"),
    ],
)
def test_what_a_column_of_answers_holds(values, task):
    assert look_at_labels(pd.Series(values, name="label")).task == task


def test_columns_of_yes_and_no_are_one_label_each():
    flags = {name: ([1, 0, 0, 1] * 15, [0, 0, 1, 1] * 15, ["true", "false"] * 30)[at] for at, name in enumerate("abc")}
    roles = guess_roles(table(**flags))
    assert roles.labels == ("a", "b", "c") and roles.task == "multi_label"
    stored = stored_answers(table(**flags), "multi_label", None, roles.labels)
    assert stored.tolist()[:4] == ["a|c", "", "b|c", "a|b"]


def test_a_named_label_rules_over_columns_of_yes_and_no():
    flags = {name: [1, 0] * 30 for name in ("is_reply", "has_image", "is_new")}
    assert guess_roles(table(label=["x", "y"] * 30, **flags)).label == "label"


def test_a_column_that_says_more_than_yes_and_no_is_refused():
    with pytest.raises(DatasetError, match="'maybe'"):
        stored_answers(table(a=["1", "maybe"] * 30), "multi_label", None, ("a",))


def test_roles_beside_text_and_label_are_guessed_and_kept(home, tmp_path):
    frame = table(
        label=["x", "y"] * 30, domain=["films", "books", "films"] * 20, lang=["en"] * 60, id=range(60), waste=["w"] * 60
    )
    frame.to_csv(tmp_path / "x.csv", index=False)
    roles = guess_roles(frame)
    assert (roles.domain, roles.language, roles.id) == ("domain", "lang", "id")
    assert "longest text, 100 % unique" in roles.reasons["text"]
    dataset, _ = add_dataset(tmp_path / "x.csv", ignore=("waste",))
    assert (dataset.domain, dataset.language, dataset.id_column) == ("domain", "lang", "id")
    columns = set(dataset.frame())
    assert {"extra.domain", "extra.lang", "extra.id"} <= columns and "extra.waste" not in columns


def test_the_same_column_can_be_classes_or_a_score(home, tmp_path):
    table(rating=[1, 2, 3, 4, 7, 8] * 10).to_csv(tmp_path / "x.csv", index=False)
    classes, _ = add_dataset(tmp_path / "x.csv")
    score, known = add_dataset(tmp_path / "x.csv", task="regression")
    assert (classes.task, classes.labels) == ("single_label", ("1", "2", "3", "4", "7", "8"))
    assert (score.task, score.labels, known) == ("regression", ("rating",), False)
    assert sum(score.sizes.values()) == score.rows == 60


def test_a_row_with_several_labels_counts_for_each_and_once_for_its_part(home, tmp_path):
    table(labels=["|".join(each) or "[]" for each in SETS]).to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv", label="labels")
    assert dataset.task == "multi_label" and dataset.labels == ("anger", "joy", "love")
    assert sum(dataset.size(part) for part in dataset.counts) == 60
    assert sum(counts["joy"] for counts in dataset.counts.values()) == 24
    assert any("no label at all" in each for each in dataset.warnings)


def test_cells_that_are_no_number_are_counted_and_set_aside(home, tmp_path):
    table(score=[1.5, 2.5, 3.5, "n/a"] * 15).to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv", label="score", task="regression")
    assert dataset.rows == 45 and dataset.skipped == {"without label": 15}
    with pytest.raises(DatasetError, match="does not hold numbers"):
        add_dataset(tmp_path / "x.csv", label="text", text="score", task="regression")


def test_rare_labels_reach_every_part_and_every_draw():
    answers = pd.Series((["joy"] * 30 + ["joy|love"] * 10 + ["anger|joy"] * 6) * 10)
    spread = strata("multi_label", answers)
    assert set(spread) == {"joy", "love", "anger"}
    parts = split_rows(spread, None)
    assert (parts[spread == "anger"].value_counts(normalize=True) - [0.7, 0.2, 0.1]).abs().max() < 0.08
    assert (spread.iloc[draw(spread, 46, 1)] == "anger").sum() in (5, 6, 7)


def test_scores_are_spread_over_their_range():
    spread = strata("regression", pd.Series([str(value) for value in range(1000)]))
    assert spread.value_counts().tolist() == [100] * 10


def test_a_score_is_found_among_the_numbers_when_asked_for():
    frame = table(label=["x", "y"] * 30, year=range(1950, 2010), rating=[1, 2, 3] * 20)
    assert choose_roles(frame, {"task": "regression"}).label == "rating"
