import numpy as np
import pandas as pd
import pytest

from core.data.splits.draw import draw
from core.data.splits.folds import assign_folds
from core.data.splits.split import split_rows
from core.errors import DatasetError


def test_parts_are_stratified_and_repeatable():
    labels = pd.Series(["a"] * 80 + ["b"] * 20)
    first, again = (split_rows(labels, None, seed=3) for _ in range(2))
    assert (first == again).all()
    shares = pd.crosstab(labels, first, normalize="index")
    assert np.allclose(shares.loc["a"], shares.loc["b"], atol=0.08)


def test_a_given_split_is_honoured_and_validation_carved_from_train():
    labels = pd.Series(["a", "b"] * 50)
    given = pd.Series(["training"] * 60 + ["TEST"] * 40)
    parts = split_rows(labels, None, given=given)
    assert (parts[60:] == "test").all() and set(parts[:60]) == {"train", "validation"}


def test_an_unknown_part_is_quoted():
    with pytest.raises(DatasetError, match="'holdout'"):
        split_rows(pd.Series(["a", "b"]), None, given=pd.Series(["train", "holdout"]))


def test_groups_never_straddle_parts():
    random = np.random.default_rng(0)
    groups = pd.Series(random.integers(0, 60, 600))
    labels = pd.Series(random.integers(0, 3, 600).astype(str))
    parts = split_rows(labels, groups, seed=1)
    assert (parts.groupby(groups).nunique() == 1).all()
    shares = parts.value_counts(normalize=True)
    assert abs(shares["train"] - 0.7) < 0.08 and abs(shares["test"] - 0.2) < 0.08


def test_a_class_of_one_row_is_learnt_from_not_lost():
    labels = pd.Series(["a"] * 50 + ["rare"])
    assert split_rows(labels, None).iloc[50] == "train"


def test_every_class_of_three_rows_or_more_is_judged():
    labels = pd.Series(["a"] * 300 + [f"rare {row % 20}" for row in range(60)])
    parts = split_rows(labels, None, seed=5)
    assert set(labels[parts == "test"]) == set(labels) == set(labels[parts == "train"])


def test_by_time_the_latest_rows_judge():
    times = pd.Series([f"2026-{month:02d}-{day:02d}" for month in (3, 1, 2) for day in range(1, 11)])
    parts = split_rows(pd.Series(["a", "b"] * 15), None, times=times)
    assert parts.value_counts().to_dict() == {"train": 21, "test": 6, "validation": 3}
    assert times[parts == "train"].max() < times[parts == "validation"].min() <= times[parts == "validation"].max()
    assert times[parts == "validation"].max() < times[parts == "test"].min()


def test_times_may_be_numbers_and_what_is_neither_is_quoted():
    parts = split_rows(pd.Series(["a", "b"] * 5), None, times=pd.Series([str(10 - row) for row in range(10)]))
    assert parts.tolist()[:2] == ["test", "test"]
    with pytest.raises(DatasetError, match="'soon'"):
        split_rows(pd.Series(["a", "b"]), None, times=pd.Series(["2026-01-01", "soon"]))


def test_a_draw_keeps_the_classes_in_proportion_and_smaller_ones_lie_inside():
    labels = pd.Series(["a"] * 900 + ["b"] * 100)
    small, large = draw(labels, 100, 7), draw(labels, 500, 7)
    assert len(small) == 100 and 8 <= (labels.iloc[small] == "b").sum() <= 12
    assert set(small) < set(large)
    assert set(draw(labels, 2, 1).tolist()) & set(range(900, 1000))


def test_another_seed_draws_other_rows():
    labels = pd.Series(["a", "b"] * 500)
    assert len(set(draw(labels, 100, 1)) & set(draw(labels, 100, 2))) < 30


def test_a_version_with_some_rows_dropped_draws_nearly_the_same_rows():
    frame = pd.DataFrame({"row": range(1000), "label": ["a"] * 700 + ["b"] * 300})
    less = frame.drop(index=range(0, 1000, 50))
    before = set(frame["row"].iloc[draw(frame["label"], 200, 0, frame["row"])])
    after = set(less["row"].iloc[draw(less["label"], 200, 0, less["row"])])
    assert len(before & after) >= 190


def test_folds_deal_every_class_out_evenly():
    labels = pd.Series(["a"] * 50 + ["b"] * 23 + ["c"] * 7)
    folds = assign_folds(labels, 5, seed=3)
    counts = pd.crosstab(labels, folds)
    assert (counts.max(axis=1) - counts.min(axis=1) <= 1).all() and counts.shape == (3, 5)
    assert np.bincount(folds).max() - np.bincount(folds).min() <= 1


def test_folds_keep_groups_whole_and_about_even():
    random = np.random.default_rng(0)
    groups, labels = pd.Series(random.integers(0, 80, 800)), pd.Series(random.integers(0, 2, 800).astype(str))
    folds = assign_folds(labels, 4, groups=groups)
    assert (pd.Series(folds).groupby(groups).nunique() == 1).all()
    assert np.bincount(folds).min() > 150


def test_more_folds_than_rows_are_refused():
    with pytest.raises(DatasetError, match="5 folds of 3 rows"):
        assign_folds(pd.Series(["a", "b", "a"]), 5)
