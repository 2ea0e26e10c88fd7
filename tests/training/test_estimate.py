import numpy as np
import pytest

from core.config import RunConfig
from core.models.shape import shape_of
from core.training.estimate import estimate, took
from core.training.speeds import remember_speed

COUNTS = {"train": 4000, "validation": 500, "test": 500}
LENGTHS = np.random.default_rng(0).integers(5, 60, 2000)


def told(**settings):
    config = RunConfig("x", epochs=3, max_length=64, device="cpu", **settings)
    return estimate(config, COUNTS, LENGTHS, shape_of("minilm"))


@pytest.fixture(autouse=True)
def _alone(home):
    """No speed of another run is known."""


def test_what_trains_less_is_told_to_take_less_time():
    seconds = [told(strategy=name).seconds for name in ("linear_probe", "top_k", "lora", "full")]
    assert seconds == sorted(seconds) and seconds[-1] > 1.3 * seconds[1]


def test_smaller_batches_are_told_to_take_longer():
    assert told(batch_size=4).seconds > 1.2 * told(batch_size=64).seconds


def test_the_speed_of_an_earlier_run_tells_its_like_and_is_the_ground_for_others():
    config = RunConfig("x", epochs=3, max_length=64, device="cpu")
    remember_speed(config, "cpu", 100.0)
    found = told()
    assert found.measured and found.seconds == pytest.approx(found.tokens / 100, rel=0.3)
    cheaper = told(strategy="lora")
    assert not cheaper.measured and 0.5 * found.seconds < cheaper.seconds < 0.8 * found.seconds


def test_a_run_on_a_busy_machine_moves_no_estimate_and_the_sentence_says_so():
    first = told()
    assert "until a run of this source has been timed" in first.sentence
    remember_speed(RunConfig("x", epochs=3, max_length=64, device="cpu"), "cpu", 2.0, waited=0.8)
    after = told()
    assert 0.7 * first.seconds < after.seconds < 1.4 * first.seconds
    assert "until" not in after.sentence and "other programs slowed down" in after.sentence


def test_once_a_run_was_timed_no_estimate_of_its_source_waits_for_a_first_one():
    remember_speed(RunConfig("x", max_length=256, device="cpu"), "cpu", 900.0)
    assert "from earlier runs of this source" in told(strategy="lora").sentence


def test_a_time_that_was_measured_is_told_as_exactly_as_it_is_known():
    assert [took(seconds) for seconds in (0.2, 34.4, 89.0, 206.0, 7500.0)] == [
        "1 s", "34 s", "89 s", "3 min 26 s", "2 h 05 min",
    ]  # fmt: skip
