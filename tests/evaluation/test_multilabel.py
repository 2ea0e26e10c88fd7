import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from core.evaluation.judge import decide, judged, paired_tests
from core.evaluation.multilabel import choose_thresholds, multilabel_metrics
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
    found = multilabel_metrics(truth, given, LABELS)
    for name, average in (("micro_f1", "micro"), ("macro_f1", "macro")):
        assert found[name] == pytest.approx(f1_score(truth, given, average=average, zero_division=0))
    assert found["subset_accuracy"] == pytest.approx((truth == given).all(axis=1).mean())
    precision, recall, f1, support = precision_recall_fscore_support(truth, given, zero_division=0)
    told = found["per_class"][1]
    assert (told["precision"], told["recall"], told["f1"]) == pytest.approx((precision[1], recall[1], f1[1]))
    assert told["support"] == support[1]


def test_chosen_thresholds_beat_one_half():
    truth, shares = made()
    chosen = choose_thresholds(truth, shares)
    fresh, judged_shares = made(seed=1)
    scores = [f1_score(fresh, decide(TASK, judged_shares, each), average="micro") for each in (chosen, None)]
    assert scores[0] > scores[1] + 0.1


def test_the_threshold_of_a_separable_label_lies_in_the_gap():
    truth = np.array([[0.0], [0.0], [0.0]] * 4 + [[1.0]] * 6)
    shares = np.array([[0.1], [0.2], [0.15]] * 4 + [[0.4]] * 6)
    assert choose_thresholds(truth, shares) == pytest.approx([0.3])


def test_a_label_that_cannot_be_told_is_not_given_to_every_row():
    random = np.random.default_rng(0)
    truth, shares = (random.random((1000, 1)) < 0.05).astype(float), random.random((1000, 1))
    assert decide(TASK, shares, choose_thresholds(truth, shares)).mean() <= 0.11
    alike = choose_thresholds(truth, np.full((1000, 1), 0.05))
    assert not decide(TASK, np.full((1000, 1), 0.05), alike).any()


def test_without_validation_rows_a_label_is_given_from_one_half():
    assert choose_thresholds(np.zeros((0, 3)), np.zeros((0, 3))).tolist() == [0.5] * 3


def test_intervals_hold_the_value_and_a_real_difference_is_called_real():
    truth, shares = made()
    found = judged(TASK, truth, shares, LABELS, np.full(4, 0.3))
    for name in TASK.metrics:
        low, high = found["intervals"][name]
        assert low < found["metrics"][name] < high and high - low < 0.15
    good, poor = (decide(TASK, made(noise=noise)[1], np.full(4, 0.3)) for noise in (0.05, 0.4))
    tests = paired_tests(TASK, truth, good, poor, 4)
    assert [test.metric for test in tests] == ["micro_f1", "macro_f1"]
    assert tests[0].verdict == "real" and tests[0].interval[0] < tests[0].difference < tests[0].interval[1]
    assert paired_tests(TASK, truth, good, good, 4)[0].p == 1.0
