import numpy as np
import pandas as pd
import pytest

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


@pytest.mark.parametrize("classes", [1, 3, 60])
def test_the_classes_are_split_one_after_another(classes):
    """The same split written as its definition, with a pass over the rows for each class."""
    draw = np.random.default_rng(classes)
    labels = pd.Series((draw.zipf(1.4, 500) % classes).astype(str))
    random, expected = np.random.default_rng(5), np.full(500, "train", dtype=object)
    for label in sorted(set(labels)):
        members, start = random.permutation(np.flatnonzero(labels == label)), 0
        for part, share in (("test", 0.2), ("validation", 0.1)):
            wanted = int(len(members) * share)
            wanted += int(random.random() < len(members) * share - wanted)
            wanted = max(1, wanted) if part == "test" and len(members) >= 3 else wanted
            count = min(wanted, max(0, len(members) - 1 - start))
            expected[members[start : start + count]] = part
            start += count
    assert split_rows(labels, None, seed=5).tolist() == expected.tolist()


def test_the_parts_of_a_seed_never_change_since_sets_are_told_by_them():
    labels = pd.Series(["a", "b", "a", "c", "a"] * 6)
    parts = split_rows(labels, None, seed=7, fractions=(0.5, 0.25, 0.25))
    assert "".join(part[0] for part in parts) == "vttttttvttttvtttvvtttttvtttvvt"
    given = pd.Series(["train"] * 25 + ["test"] * 5)
    assert np.flatnonzero(split_rows(labels, None, seed=7, given=given) == "validation").tolist() == [5, 17]
