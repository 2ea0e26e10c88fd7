import numpy as np
import pytest

from core.metrics.metric import Answered
from core.metrics.table import METRICS


@pytest.mark.parametrize(("name", "true"), [("rmse", 1.0), ("mae", np.sqrt(2 / np.pi))])
def test_the_interval_of_an_error_holds_the_true_one_with_fifty_rows(name, true):
    random, held = np.random.default_rng(0), []
    for _ in range(400):
        truth = 3 * random.normal(size=50)
        low, high = METRICS[name].forms["regression"].interval(Answered(truth, truth + random.normal(size=50), 1))
        held.append(low <= true <= high)
    assert 0.92 <= np.mean(held) <= 0.985  # bias-corrected percentiles of a bootstrap held the RMSE in 91 %
