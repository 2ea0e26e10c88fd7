import numpy as np
import pytest

from benchmarks.coverage import coverage
from benchmarks.populations import populations
from core.metrics.intervals import mean_f1_interval, share_interval
from core.metrics.metric import Answered
from core.metrics.parts import of_classes
from core.metrics.table import METRICS

KNOWN = {population.name: population for population in populations()}
SHARES = [("accuracy", "single_label"), ("macro_f1", "single_label"), ("macro_f1", "multi_label"),
          ("micro_f1", "multi_label"), ("subset_accuracy", "multi_label")]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["40 labels at 1 %", "30 labels at 2 %, wrong together", "60 classes", "2 classes, 95 to 5", "20 classes, Zipf"],
)
def test_intervals_of_macro_f1_hold_the_true_value_as_often_as_they_promise(name):
    held, _ = coverage(KNOWN[name], 400)
    assert len(held) > 250
    assert 0.93 <= held.mean() <= 0.985  # 95 %, give or take what 400 draws leave open


def test_many_classes_that_were_seen_once_carry_no_interval():
    held, _ = coverage(KNOWN["77 classes, Zipf"], 100)
    assert len(held) <= 5  # of a hundred draws


def test_one_class_with_one_row_among_few_carries_no_interval_and_two_rows_do():
    truth = np.array([0] * 20 + [1] * 20 + [2])
    assert mean_f1_interval(of_classes(truth, truth, 3)) is None
    assert mean_f1_interval(of_classes(np.append(truth, 2), np.append(truth, 2), 3)) is not None


@pytest.mark.parametrize(("name", "kind"), SHARES)
@pytest.mark.parametrize("wrong", [0, 1, 39, 40])
def test_no_interval_has_no_width_and_each_holds_what_was_seen(name, kind, wrong):
    truth = np.arange(40) % 2
    answers = np.where(np.arange(40) < wrong, 1 - truth, truth)
    if kind == "multi_label":
        truth, answers = (np.stack([side == 0, side == 1], axis=1) for side in (truth, answers))
    answered = Answered(truth, answers, 2)
    form = METRICS[name].forms[kind]
    low, high = form.interval(answered)
    assert 0 <= low <= form.value(answered) <= high <= 1 and high - low > 0.05
    gap = form.paired(answered, answered)
    assert gap.p == 1 and gap.interval[0] < -0.02 and gap.interval[1] > 0.02


@pytest.mark.parametrize("name", ["rmse", "mae", "pearson", "spearman"])
def test_scores_that_are_all_off_by_the_same_carry_no_interval(name):
    truth = np.arange(40.0)
    same = Answered(truth, truth + 0.5, 1)
    form = METRICS[name].forms["regression"]
    assert form.interval(same) is None and form.paired(same, same).interval is None


@pytest.mark.parametrize(("right", "rows"), [(0, 20), (41, 50), (700, 700)])
def test_the_interval_of_a_share_is_wilsons(right, rows):
    from statsmodels.stats.proportion import proportion_confint

    assert share_interval(right / rows, rows) == pytest.approx(proportion_confint(right, rows, method="wilson"))
