import pytest

from core.config import RunConfig
from core.strategies.registry import STRATEGIES
from core.training.optimiser import fitting_rate, rate_factor


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_fitting_rate_is_that_of_full_fine_tuning_times_the_strategys_factor(strategy):
    assert fitting_rate(384) == 1e-4 and fitting_rate(768) == 3e-5
    assert fitting_rate(768, strategy) == 3e-5 * STRATEGIES[strategy].rate_factor


def test_the_usual_schedule_warms_up_and_falls_to_zero():
    factors = [rate_factor(step, 100, RunConfig("x")) for step in range(100)]
    assert factors[9] == 1.0 == max(factors) and factors[-1] == pytest.approx(1 / 90)


def test_gradual_thawing_takes_the_slanted_triangle_for_the_usual_schedule_and_leaves_others():
    for step in range(0, 100, 7):
        for schedule, taken in (("linear", "slanted"), ("cosine", "cosine"), ("constant", "constant")):
            gradual = rate_factor(step, 100, RunConfig("x", strategy="gradual", schedule=schedule))
            assert gradual == rate_factor(step, 100, RunConfig("x", schedule=taken))
