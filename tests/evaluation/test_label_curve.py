import numpy as np
import pytest

from core.evaluation.label_curve import Point, backtest, forecast, labels_for


def points(sizes, floor=0.05, slope=0.9, fall=0.5, error=0.0, seed=0, best=1.0, sign=1):
    random = np.random.default_rng(seed)
    return [Point(size, best - sign * (floor + slope * size**-fall + random.normal(0, error)), error) for size in sizes]


SIZES = (50, 100, 200, 400, 800)


def test_a_power_law_is_continued():
    told = forecast(points(SIZES), 1800)
    assert told.value == pytest.approx(0.95 - 0.9 * 1800**-0.5, abs=0.004)
    assert told.interval[0] < told.value < told.interval[1] < 0.97


def test_an_error_that_falls_is_continued_downwards_and_never_below_nothing():
    told = forecast(points(SIZES, floor=0.4, best=0.0, sign=-1), 1800, best=0.0, higher=False)
    assert told.value == pytest.approx(0.4 + 0.9 * 1800**-0.5, abs=0.01) and told.interval[0] > 0.3


def test_forecasts_cover_what_comes():
    held = 0
    for seed in range(30):
        told = forecast(points(SIZES, error=0.01, seed=seed), 1800, seed=seed)
        held += told.interval[0] <= 0.95 - 0.9 * 1800**-0.5 <= told.interval[1]
    assert held >= 27


def test_too_few_sizes_carry_no_forecast():
    assert forecast(points(SIZES[:3]), 1000) is None and backtest(points(SIZES[:4])) == []


def test_a_curve_that_does_not_go_on_as_it_began_is_found_out():
    flat = [Point(size, value, 0.002) for size, value in zip(SIZES, (0.5, 0.6, 0.7, 0.8, 0.60), strict=True)]
    (last,) = backtest(flat)
    assert last.forecast.labels == 800 and last.came == 0.60 and not last.held
    assert all(test.held for test in backtest(points(SIZES, error=0.003)))


def test_equal_scores_are_found_between_sizes():
    curve = [Point(100, 0.6, 0), Point(400, 0.8, 0)]
    assert labels_for(curve, 0.7) == pytest.approx(200)
    assert labels_for(curve, 0.5) == 0.0 and labels_for(curve, 0.81) is None
    falling = [Point(100, 2.0, 0), Point(400, 1.0, 0)]
    assert labels_for(falling, 1.5, higher=False) == pytest.approx(200)
