import pandas as pd

from core.data.columns.labels import strata
from core.data.sets.add import add_dataset
from core.data.splits.draw import draw
from core.data.splits.split import split_rows
from tests.conftest import sentences

SETS = [["joy"], ["joy", "love"], [], ["anger"], ["love"]] * 12


def table(**columns):
    texts = [text for text, _ in sentences(60)]
    return pd.DataFrame({"text": texts} | columns)


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
