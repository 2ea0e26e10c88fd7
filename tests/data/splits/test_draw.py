import numpy as np
import pandas as pd
import pytest

from core.data.splits.draw import _luck, draw


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


def drawn_class_by_class(labels, size, seed, ids):
    """The same draw written as its definition: the classes one after another."""
    luck, rank = _luck(ids.to_numpy(), seed), np.empty(len(labels))
    for label in set(labels):
        members = sorted(np.flatnonzero(labels == label), key=lambda row: (luck[row], row))
        for place, row in enumerate(members):
            rank[row] = (place + 0.5) / len(members) if place else -1.0
    return sorted(sorted(range(len(labels)), key=lambda row: (rank[row], luck[row], row))[:size])


@pytest.mark.parametrize("classes", [1, 2, 7, 60])
def test_a_draw_is_that_of_the_classes_one_after_another(classes):
    random = np.random.default_rng(classes)
    labels = pd.Series((random.zipf(1.4, 500) % classes).astype(str))
    ids = pd.Series(random.permutation(10_000)[:500])
    for size in (1, 5, 77, 400):
        assert draw(labels, size, 42, ids).tolist() == drawn_class_by_class(labels, size, 42, ids)


def test_the_rows_of_a_draw_never_change_since_runs_are_told_by_them():
    labels = pd.Series(["a", "b", "a", "c", "a"] * 20)
    assert draw(labels, 8, 0).tolist() == [23, 38, 41, 44, 54, 75, 77, 91]
    assert draw(labels, 8, 42, pd.Series(range(1000, 1100))).tolist() == [4, 9, 31, 66, 68, 74, 77, 95]
