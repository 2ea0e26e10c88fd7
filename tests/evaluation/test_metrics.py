import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import f1_score

from core.evaluation import metrics, significance

TRUTH = np.array([0, 0, 1, 1, 2, 2, 2, 0])
PREDICTED = np.array([0, 1, 1, 1, 2, 0, 2, 0])


def test_metrics_agree_with_scikit_learn():
    found = metrics.classification_metrics(TRUTH, PREDICTED, ("a", "b", "c"))
    assert found["accuracy"] == 6 / 8
    assert found["macro_f1"] == pytest.approx(f1_score(TRUTH, PREDICTED, average="macro"))
    assert metrics.macro_f1(TRUTH, PREDICTED, 3) == pytest.approx(found["macro_f1"])
    assert found["confusion"] == [[2, 1, 0], [0, 2, 0], [1, 0, 2]]
    assert found["per_class"][0] == {"label": "a", "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}


def test_a_class_that_never_occurs_counts_as_nothing_and_warns_nobody():
    found = metrics.classification_metrics(np.array([0, 0]), np.array([0, 0]), ("a", "b"))
    assert found["per_class"][1]["support"] == 0 and found["accuracy"] == 1.0


def test_intervals_hold_the_value_and_shrink_with_rows():
    random = np.random.default_rng(0)
    wide, narrow = (
        metrics.intervals(truth, np.where(random.random(rows) < 0.8, truth, 1 - truth), 2)
        for rows in (50, 5000)
        for truth in [random.integers(0, 2, rows)]
    )
    for name in ("accuracy", "macro_f1"):
        assert wide[name][0] < 0.8 < wide[name][1] + 0.1
        assert narrow[name][1] - narrow[name][0] < 0.25 * (wide[name][1] - wide[name][0])


def test_hundreds_of_classes_cost_the_interval_no_more_memory_than_their_rows_do():
    random = np.random.default_rng(0)
    truth = random.integers(0, 400, 5000)
    said = np.where(random.random(5000) < 0.7, truth, random.integers(0, 400, 5000))
    tracemalloc.start()
    low, high = metrics.macro_f1_interval(truth, said, 400)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert low < metrics.macro_f1(truth, said, 400) < high and high - low < 0.05
    assert peak < 300 * 2**20  # all draws of all cells at once would take 1.2 GiB


def test_intervals_of_macro_f1_hold_the_true_value_also_with_few_rows_a_class():
    random, classes = np.random.default_rng(1), 60

    def said(truth):
        return np.where(random.random(len(truth)) < 0.8, truth, random.integers(0, classes, len(truth)))

    many = random.integers(0, classes, 200_000)
    true_value = metrics.macro_f1(many, said(many), classes)
    held = 0
    for _ in range(20):
        truth = random.integers(0, classes, classes * 10)
        low, high = metrics.macro_f1_interval(truth, said(truth), classes)
        held += low <= true_value <= high
    assert held >= 16  # plain percentiles held it in 41 of 60 such draws with 120 classes


def test_the_commonest_mistakes_are_named():
    matrix = [[8, 0, 2, 0], [0, 9, 0, 0], [5, 0, 3, 0], [0, 0, 1, 4]]
    found = metrics.mix_ups(matrix, ("a", "b", "c", "d"), most=2)
    assert [(each["true"], each["called"], each["rows"]) for each in found] == [("c", "a", 5), ("a", "c", 2)]
    assert found[0]["share"] == 5 / 8
    assert metrics.mix_ups([[3, 0], [0, 2]], ("a", "b")) == []


def test_log_loss_is_the_mean_cross_entropy():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])
    assert metrics.log_loss(np.array([0, 1]), probabilities) == pytest.approx(-(np.log(0.5) + np.log(0.75)) / 2)


def predictions(rows, right_a, right_b, seed=0):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, rows)
    return truth, *(np.where(random.random(rows) < right, truth, 1 - truth) for right in (right_a, right_b))


@pytest.mark.parametrize(
    ("rows", "right", "verdict"),
    [(1000, (0.9, 0.7), "real"), (1000, (0.8, 0.8), "not_shown"), (20, (1.0, 0.0), "too_few_rows")],
)
def test_verdicts(rows, right, verdict):
    truth, a, b = predictions(rows, *right)
    assert significance.paired_accuracy(truth, a, b).verdict == verdict
    assert significance.paired_macro_f1(truth, a, b, 2).verdict == verdict


def test_the_interval_of_a_difference_holds_it_and_agrees_with_the_verdict():
    test = significance.paired_accuracy(*predictions(2000, 0.85, 0.8))
    assert test.interval[0] < test.difference < test.interval[1]
    assert (test.verdict == "real") == (test.interval[0] > 0)


def test_equal_predictions_are_never_called_different():
    truth, a, _ = predictions(500, 0.8, 0.8)
    test = significance.paired_accuracy(truth, a, a)
    assert test.difference == 0 and test.p == 1.0 and test.verdict == "not_shown"


def test_chance_is_called_real_about_one_time_in_twenty_at_most():
    false = sum(
        significance.paired_accuracy(*predictions(300, 0.8, 0.8, seed)).verdict == "real" for seed in range(200)
    )
    assert false <= 20


def test_holm_orders_and_never_lowers():
    assert significance.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
