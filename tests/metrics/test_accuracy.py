import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from core.metrics.accuracy import mcnemar, of_discordant, wilson_interval


@pytest.mark.parametrize(("right", "rows"), [(0, 20), (41, 50), (700, 700)])
def test_the_interval_is_wilsons(right, rows):
    assert wilson_interval(right, rows) == pytest.approx(proportion_confint(right, rows, method="wilson"))


def test_only_rows_that_one_model_alone_got_right_decide():
    truth = np.zeros(100, dtype=int)
    a, b = np.zeros(100, dtype=int), np.zeros(100, dtype=int)
    a[:12], b[8:29] = 1, 1  # four rows are wrong for both
    gap = mcnemar(truth, a, b)
    assert gap.value == (21 - 12) / 100
    assert gap.p == pytest.approx(binomtest(8, 8 + 17).pvalue)
    assert gap.interval[0] < gap.value < gap.interval[1]


@pytest.mark.slow
def test_the_interval_leaves_nothing_out_exactly_where_p_does_not():
    for only_a in range(31):
        for only_b in range(31 - only_a):
            gap = of_discordant(only_a, only_b, 30)
            assert -1 <= gap.interval[0] <= gap.value <= gap.interval[1] <= 1 and gap.interval[0] < gap.interval[1]
            assert (gap.p < 0.05) == (gap.interval[0] > 0 or gap.interval[1] < 0), (only_a, only_b)
            back = of_discordant(only_b, only_a, 30)
            assert back.interval == pytest.approx((-gap.interval[1], -gap.interval[0]))


def test_the_interval_of_a_difference_holds_the_true_one():
    random = np.random.default_rng(0)
    for both, only_a, only_b in ((0.7, 0.1, 0.05), (0.5, 0.4, 0.0), (0.9, 0.02, 0.02)):
        drawn = random.multinomial(150, [only_a, only_b, 1 - only_a - only_b], 200)
        gaps = [of_discordant(int(a), int(b), 150).interval for a, b, _ in drawn]
        assert np.mean([low <= only_a - only_b <= high for low, high in gaps]) >= 0.92, both
