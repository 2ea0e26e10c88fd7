import tracemalloc

import numpy as np
import pandas as pd
import pytest

from core.data.sets.add import add_dataset
from core.data.splits.folds import assign_folds
from core.data.splits.groups import deal_groups, group_members
from core.data.splits.split import split_rows
from tests.conftest import sentences

FEW_HAVE_A_GROUP = pd.Series(["g1", "g2", "g2", *[""] * 897, *(f"u{row % 20}" for row in range(100))])


@pytest.mark.parametrize("empty", ["", " ", None, float("nan")])
def test_each_row_without_a_group_is_a_group_of_its_own(empty):
    members, count = group_members(pd.Series(["b", empty, "a", empty, "b"], dtype=object))
    assert members.tolist() == [1, 2, 0, 3, 1] and count == 4


def test_rows_without_a_group_are_spread_over_the_parts_as_any_others():
    labels = pd.Series(np.random.default_rng(0).integers(0, 3, 1000).astype(str))
    parts = split_rows(labels, FEW_HAVE_A_GROUP)
    assert parts.value_counts().to_dict() == pytest.approx({"train": 700, "test": 200, "validation": 100}, abs=15)
    named = FEW_HAVE_A_GROUP != ""
    assert (parts[named].groupby(FEW_HAVE_A_GROUP[named]).nunique() == 1).all()


def test_rows_without_a_group_are_spread_over_the_folds_as_any_others():
    folds = assign_folds(pd.Series(["a", "b"] * 500), 5, groups=FEW_HAVE_A_GROUP)
    assert np.bincount(folds).tolist() == pytest.approx([200] * 5, abs=5)


def test_as_many_folds_as_rows_without_a_group_make_sense():
    assert sorted(assign_folds(pd.Series(["a", "b", "a"]), 3, groups=pd.Series(["", "", ""]))) == [0, 1, 2]


def test_a_stored_set_with_empty_group_cells_has_all_three_parts(home, tmp_path):
    frame = pd.DataFrame(sentences(100), columns=["review", "label"])
    frame["author"] = ["ann", "bob", *[""] * 96, "ann", "bob"]
    frame.to_csv(tmp_path / "x.csv", index=False)
    stored, _ = add_dataset(tmp_path / "x.csv", text="review", label="label", group="author")
    assert stored.sizes == pytest.approx({"train": 70, "validation": 10, "test": 20}, abs=4)


@pytest.mark.slow
def test_many_groups_of_many_classes_need_no_table_of_both():
    """30,000 groups times 1,000 classes would be a table of 240 MB."""
    random = np.random.default_rng(0)
    classes, members = random.integers(0, 1000, 30_000), np.arange(30_000)
    wanted = [(np.bincount(classes) * share).tolist() for share in (0.2, 0.1, 0.7)]
    tracemalloc.start()
    dealt = deal_groups(classes, members, wanted, random, clip=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6
    assert np.bincount(dealt).tolist() == pytest.approx([6_000, 3_000, 21_000], abs=1000)
