import numpy as np
import pandas as pd
import pytest

from core.data.splits.folds import assign_folds
from core.errors import DatasetError


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
