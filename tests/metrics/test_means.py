import numpy as np
import pytest

from core.metrics.means import bias_corrected, of_means
from core.metrics.metric import Answered


def right(answered):
    right.calls += 1
    return (answered.truth == answered.answers)[:, None].astype(float)


def made(rows, share, seed=0):
    truth = np.zeros(rows, dtype=int)
    return Answered(truth, (np.random.default_rng(seed).random(rows) >= share).astype(int), 2)


def test_metrics_with_the_same_parts_compute_them_once_for_the_same_rows():
    right.calls = 0
    share, missed = of_means(right, lambda means: means[:, 0]), of_means(right, lambda means: 1 - means[:, 0])
    answered = made(200, 0.8)
    assert share.value(answered) + missed.value(answered) == 1.0
    low, high = share.interval(answered)
    assert missed.interval(answered) == pytest.approx([1 - high, 1 - low], abs=0.01)
    assert right.calls == 1


def test_the_interval_is_as_wide_as_the_normal_one_for_many_rows():
    low, high = of_means(right, lambda means: means[:, 0]).interval(made(2000, 0.8))
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.8 * 0.2 / 2000), rel=0.15)


def test_a_metric_may_bring_an_interval_and_a_test_of_its_own():
    form = of_means(right, lambda means: means[:, 0], interval=lambda answered: [0.0, 1.0], paired=lambda a, b: "own")
    assert form.interval(made(10, 0.5)) == [0.0, 1.0] and form.paired(made(10, 0.5), made(10, 0.5)) == "own"


def test_equal_sides_are_exchanged_without_any_difference():
    gap = of_means(right, lambda means: means[:, 0]).paired(made(100, 0.7), made(100, 0.7))
    assert gap.value == 0 and gap.p == 1.0


def test_a_corrected_interval_holds_what_was_observed():
    draws = np.random.default_rng(0).normal(0.5, 0.01, 1000)  # all far below
    low, high = bias_corrected(draws, 0.6)
    assert low <= 0.6 <= high
