"""Several labels a row, from probabilities to figures and tests."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from core.evaluation.answers import decide
from core.evaluation.scores import evaluate
from core.evaluation.significance import paired_tests
from core.tasks import TASKS

TASK = TASKS["multi_label"]
LABELS = ("a", "b", "c", "d")


def made(rows=400, noise=0.2, seed=0):
    """Truth of four labels, the last never true, and probabilities that follow it."""
    random = np.random.default_rng(seed)
    truth = random.random((rows, 4)) < [0.4, 0.2, 0.1, 0.0]
    shares = np.clip(0.3 * truth + 0.1 + noise * random.normal(size=truth.shape), 0, 1)
    return truth.astype(np.float32), shares


def test_figures_agree_with_scikit_learn():
    truth, shares = made()
    given = decide(TASK, shares, np.full(4, 0.3))
    found = evaluate(TASK, truth, shares, LABELS, np.full(4, 0.3))["metrics"]
    for name, average in (("micro_f1", "micro"), ("macro_f1", "macro")):
        judged = [0, 1, 2] if name == "macro_f1" else None  # the last label is never true
        assert found[name] == pytest.approx(f1_score(truth, given, labels=judged, average=average, zero_division=0))
    assert found["subset_accuracy"] == pytest.approx((truth == given).all(axis=1).mean())
    precision, recall, f1, support = precision_recall_fscore_support(truth, given, zero_division=0)
    figures = found["per_class"][1]
    assert (figures["precision"], figures["recall"], figures["f1"]) == pytest.approx((precision[1], recall[1], f1[1]))
    assert figures["support"] == support[1]


def test_intervals_hold_the_value_and_a_real_difference_is_called_real():
    truth, shares = made()
    found = evaluate(TASK, truth, shares, LABELS, np.full(4, 0.3))
    for name in TASK.metrics:
        low, high = found["intervals"][name]
        assert low < found["metrics"][name] < high and high - low < 0.15
    good, poor = (decide(TASK, made(noise=noise)[1], np.full(4, 0.3)) for noise in (0.05, 0.4))
    tests = paired_tests(TASK, truth, good, poor, 4)
    assert [test.metric for test in tests] == ["micro_f1", "macro_f1"]
    assert tests[0].verdict == "real" and tests[0].interval[0] < tests[0].difference < tests[0].interval[1]
    assert paired_tests(TASK, truth, good, good, 4)[0].p == 1.0
