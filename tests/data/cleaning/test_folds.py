"""Folds of a set: each row judged once, a set's own test part left aside."""

import pandas as pd
import pytest

from core.data.cleaning.folds import has_own_test, make_folds
from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.store import get_dataset, list_datasets
from core.data.sets.versions import changed_rows, version_title
from tests.conftest import sentences


@pytest.fixture
def own_test(home, tmp_path):
    """100 rows of which the file names 20 as the test part."""
    frame = pd.DataFrame(sentences(100), columns=["review", "label"])
    frame["split"] = ["test" if row % 5 == 0 else "train" for row in range(100)]
    frame.to_csv(tmp_path / "own.csv", index=False)
    return add_dataset(tmp_path / "own.csv", text="review", label="label", split="split")[0]


def judged(versions):
    return sorted(pd.concat([each.part("test")["row"] for each in versions]))


def test_over_all_folds_each_row_is_judged_exactly_once(dataset):
    versions = make_folds(dataset, 4)
    assert judged(versions) == list(range(120))
    assert all(each.size("validation") and each.size("train") > each.size("test") for each in versions)
    assert [each.fold for each in versions] == [(1, 4), (2, 4), (3, 4), (4, 4)] and dataset.fold is None
    assert version_title(versions[1]) == f"{dataset.name} · fold 2 of 4"


def test_folds_are_found_again_also_from_one_of_them(dataset):
    versions = make_folds(dataset, 3)
    stored = len(list_datasets())
    assert make_folds(dataset, 3) == versions and make_folds(versions[1], 3) == versions
    assert len(list_datasets()) == stored == 4


def test_the_name_still_means_the_set_and_not_its_newest_fold(dataset):
    make_folds(dataset, 3)
    assert get_dataset(dataset.name) == dataset


def test_a_test_part_that_the_file_names_stays_out_of_all_folds(own_test):
    versions = make_folds(own_test, 4)
    aside = set(own_test.part("test")["row"])
    assert judged(versions) == sorted(set(range(100)) - aside) and len(aside) == 20
    assert all(not aside & set(each.frame()["row"]) for each in versions)
    assert "the 20 rows of the test part of before left out" in versions[0].change["sentence"]
    assert (changed_rows(versions[0])["what"] == "dropped").sum() == 20
    assert judged(make_folds(own_test, 4, keep_test=False)) == list(range(100))


def test_a_drawn_test_part_means_nothing_and_a_named_or_late_one_does(own_test, dataset):
    assert has_own_test(own_test) and not has_own_test(dataset)
    assert has_own_test(make_version(own_test, "drop", {"rows": [1]}))
    assert has_own_test(make_version(own_test, "resplit", {"keep_test": True, "seed": 7}))
    assert not has_own_test(make_version(own_test, "resplit", {"seed": 7}))
    assert not has_own_test(make_folds(own_test, 4)[0])


def test_rows_of_one_group_stay_in_one_fold(home, tmp_path):
    frame = pd.DataFrame(sentences(60), columns=["review", "label"]).assign(
        author=[f"a{row // 3}" for row in range(60)]
    )
    frame.to_csv(tmp_path / "x.csv", index=False)
    dataset = add_dataset(tmp_path / "x.csv", text="review", label="label", group="author")[0]
    for version in make_folds(dataset, 3, group="author"):
        parts = version.frame().groupby("extra.author")["split"].nunique()
        assert (parts == 1).all()
