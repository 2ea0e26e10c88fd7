import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import f1_score

from core.metrics.macro_f1 import confusion_counts, macro_f1, macro_f1_interval

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


def test_intervals_of_macro_f1_hold_the_true_value_also_with_few_rows_a_class():
    random, classes = np.random.default_rng(1), 60

    def said(truth):
        return np.where(random.random(len(truth)) < 0.8, truth, random.integers(0, classes, len(truth)))

    many = random.integers(0, classes, 200_000)
    true_value = macro_f1(many, said(many), classes)
    held = 0
    for _ in range(20):
        truth = random.integers(0, classes, classes * 10)
        low, high = macro_f1_interval(truth, said(truth), classes)
        held += low <= true_value <= high
    assert held >= 16  # plain percentiles held it in 41 of 60 such draws with 120 classes
