import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import f1_score

from core.metrics.macro_f1 import confusion_counts, macro_f1, macro_f1_interval, paired_macro_f1

TRUTH = np.array([0, 0, 1, 1, 2, 2, 2, 0])
PREDICTED = np.array([0, 1, 1, 1, 2, 0, 2, 0])


def test_it_agrees_with_scikit_learn():
    assert macro_f1(TRUTH, PREDICTED, 3) == pytest.approx(f1_score(TRUTH, PREDICTED, average="macro"))
    assert confusion_counts(TRUTH, PREDICTED, 3).tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 2]]


def test_hundreds_of_classes_cost_the_interval_no_more_memory_than_their_rows_do():
    random = np.random.default_rng(0)
    truth = random.integers(0, 400, 5000)
    called = np.where(random.random(5000) < 0.7, truth, random.integers(0, 400, 5000))
    tracemalloc.start()
    low, high = macro_f1_interval(truth, called, 400)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert low < macro_f1(truth, called, 400) < high and high - low < 0.05
    assert peak < 300 * 2**20  # all draws of all cells at once would take 1.2 GiB


def test_a_class_without_true_rows_is_left_out_of_the_mean():
    truth, called = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 2, 1, 1, 1])
    assert macro_f1(truth, truth, 3) == 1.0
    assert macro_f1(truth, called, 3) == pytest.approx(f1_score(truth, called, labels=[0, 1], average="macro"))


def test_a_difference_is_told_apart_by_its_interval_exactly_where_by_its_p():
    random = np.random.default_rng(2)
    seen = set()
    for share in np.linspace(0.7, 0.9, 20):
        truth = random.integers(0, 3, 120)
        a, b = (np.where(random.random(120) < right, truth, (truth + 1) % 3) for right in (0.8, share))
        gap = paired_macro_f1(truth, a, b, 3)
        assert (gap.p < 0.05) == (gap.interval[0] > 0 or gap.interval[1] < 0)
        seen.add(gap.p < 0.05)
    assert seen == {True, False}
