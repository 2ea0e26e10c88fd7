import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from core.metrics.accuracy import mcnemar, wilson_interval


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
