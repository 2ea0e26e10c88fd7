import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from core.evaluation.significance import headline_test, holm, over_folds, paired_tests
from core.tasks import TASKS

SINGLE = TASKS["single_label"]


def predictions(rows, right_a, right_b, seed=0):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, rows)
    return truth, *(np.where(random.random(rows) < right, truth, 1 - truth) for right in (right_a, right_b))


@pytest.mark.parametrize(
    ("rows", "right", "verdict"),
    [(1000, (0.9, 0.7), "real"), (1000, (0.8, 0.8), "not_shown"), (20, (1.0, 0.0), "too_few_rows")],
)
def test_verdicts(rows, right, verdict):
    tests = paired_tests(SINGLE, *predictions(rows, *right), 2)
    assert [test.metric for test in tests] == ["accuracy", "macro_f1"]
    assert [test.verdict for test in tests] == [verdict, verdict]


def test_the_interval_of_a_difference_holds_it_and_agrees_with_the_verdict():
    test = headline_test(SINGLE, *predictions(2000, 0.85, 0.8), 2)
    assert test.interval[0] < test.difference < test.interval[1]
    assert (test.verdict == "real") == (test.interval[0] > 0)


def test_equal_predictions_are_never_called_different():
    truth, a, _ = predictions(500, 0.8, 0.8)
    test = headline_test(SINGLE, truth, a, a, 2)
    assert test.difference == 0 and test.p == 1.0 and test.verdict == "not_shown"


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_chance_is_called_real_one_time_in_twenty_at_most(metric):
    tests = [headline_test(SINGLE, *predictions(300, 0.8, 0.8, seed), 2, metric) for seed in range(400)]
    false = sum(test.verdict == "real" for test in tests)
    assert false <= 28  # 5 % are 20; more than 28 would come in 3 of 100 such counts


def test_folds_of_two_equal_trainings_are_seldom_called_different():
    random, false = np.random.default_rng(0), {"rows": 0, "folds": 0}
    of_fold = np.arange(100) % 5
    for _ in range(300):
        truth = random.integers(0, 2, 100)
        # each model of a fold is good or poor by the luck of its training
        sides = [
            np.where(random.random(100) < np.clip(0.75 + 0.12 * random.normal(size=5), 0, 1)[of_fold], truth, 1 - truth)
            for _ in range(2)
        ]
        test = headline_test(SINGLE, truth, *sides, 2)
        joined = over_folds(test, SINGLE, truth, *sides, 2, of_fold)
        assert joined.p >= test.p and joined.interval[0] <= test.interval[0] and joined.interval[1] >= test.interval[1]
        assert (joined.p < 0.05) == (joined.interval[0] > 0 or joined.interval[1] < 0)
        false = {"rows": false["rows"] + (test.verdict == "real"), "folds": false["folds"] + (joined.verdict == "real")}
    assert false["folds"] <= 18 < false["rows"]  # 6 % of 300


def test_a_training_that_leads_in_every_fold_is_shown_to_lead():
    truth, a, b = predictions(500, 0.9, 0.6)
    test = headline_test(SINGLE, truth, a, b, 2)
    assert over_folds(test, SINGLE, truth, a, b, 2, np.arange(500) % 5).verdict == "real"


def test_with_two_folds_the_rows_alone_decide():
    test = headline_test(SINGLE, *predictions(300, 0.9, 0.7), 2)
    truth, a, b = predictions(300, 0.9, 0.7)
    assert over_folds(test, SINGLE, truth, a, b, 2, np.arange(300) % 2) == test


def test_holm_orders_and_never_lowers():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_holm_agrees_with_statsmodels_also_where_p_values_repeat(seed):
    random = np.random.default_rng(seed)
    p_values = np.concatenate([random.random(12) ** 3, [0.02, 0.02, 0.0, 1.0]])
    random.shuffle(p_values)
    assert holm(p_values.tolist()) == pytest.approx(multipletests(p_values, method="holm")[1])
