import numpy as np
import pytest

from core.evaluation.calibration import HOTTEST, calibrated, fit_temperature


def test_the_temperature_by_hand():
    """Two classes, all logits (2, 0), three of four rows right: the best probability is 3/4, whose logit is log 3 = 2 / T."""
    logits, truth = np.tile([2.0, 0.0], (400, 1)), np.repeat([0, 0, 0, 1], 100)
    temperature = fit_temperature(logits, truth)
    assert temperature == pytest.approx(2 / np.log(3), rel=1e-3)
    assert calibrated(logits, temperature)[0].tolist() == pytest.approx([0.75, 0.25], abs=1e-3)


def test_a_model_that_is_too_shy_is_made_surer_and_its_answers_stay():
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 500)
    logits = 0.1 * np.eye(3)[truth] + random.normal(0, 0.02, (500, 3))
    temperature = fit_temperature(logits, truth)
    assert temperature < 0.2
    assert (calibrated(logits, temperature).argmax(axis=1) == logits.argmax(axis=1)).all()


def test_without_held_out_rows_nothing_is_changed_and_noise_is_made_unsure():
    assert fit_temperature(np.zeros((0, 2)), np.zeros(0, dtype=np.int64)) == 1.0
    wrong = np.tile([9.0, 0.0], (10, 1))
    assert fit_temperature(wrong, np.ones(10, dtype=np.int64)) == pytest.approx(HOTTEST, rel=0.01)
