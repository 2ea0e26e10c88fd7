"""What is left is told from what was seen, also where steps grow dearer as the training goes on."""

import pytest

from core.jobs.progress import ProgressEstimate

STEPS, TOKENS = 400, 100_000


def journey(strategy: str) -> ProgressEstimate:
    estimate = ProgressEstimate()
    estimate.plan(strategy, 3.0, {"train": TOKENS, "validation": 0, "test": 0}, 0)
    estimate.enter("training")
    return estimate


def seconds_left(strategy: str, share: float, cost: list[float]) -> float:
    """What a journey says at ``share`` of a training whose steps take ``cost`` seconds each."""
    estimate = journey(strategy)
    step = int(share * STEPS)
    estimate.stepped(step, STEPS, step / STEPS * 3 * TOKENS / sum(cost[:step]))
    return estimate.as_status()["eta_seconds"]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("strategy", ["full", "gradual"])
def test_the_time_left_is_right_when_layers_open_one_by_one(strategy, share):
    at = [(step + 0.5) / STEPS for step in range(STEPS)]
    cost = [1.0 if strategy == "full" else 1 / 3 + 2 / 3 * min(1.0, 2 * each) for each in at]
    truth = sum(cost[int(share * STEPS) :])
    assert seconds_left(strategy, share, cost) == pytest.approx(truth + 2.0, rel=0.03, abs=2.0)


def test_progress_never_falls():
    estimate = journey("full")
    seen = []
    for step, speed in ((10, 4000.0), (20, 500.0), (200, 100.0), (400, 4000.0)):
        estimate.stepped(step, STEPS, speed)
        seen.append(estimate.as_status()["progress"])
    assert seen == sorted(seen)


def test_the_share_done_is_of_the_work_however_slow_the_steps_turn_out():
    estimate = journey("full")
    estimate.stepped(7, 64, 30.0)
    assert estimate.as_status()["progress"] == pytest.approx(7 / 64, abs=0.02)


def test_a_run_that_judges_says_so_far_into_its_bar():
    estimate = journey("full")
    estimate.tokens["test"] = TOKENS
    estimate.stepped(STEPS, STEPS, 900.0)
    before = estimate.as_status()["progress"]
    estimate.enter("testing")
    estimate.advanced("testing", 50, 100)
    assert 0.8 < before < estimate.as_status()["progress"] < 0.96
    estimate.enter("saving")
    assert estimate.as_status()["progress"] > 0.96


def test_texts_that_are_read_before_the_training_count_as_work():
    estimate = journey("full")
    trained = estimate.epochs * TOKENS
    estimate.ahead("adapting", trained, 1000.0)
    estimate.enter("adapting")
    assert estimate.as_status()["progress"] == 0.0
    estimate.advanced("adapting", 50, 100)
    half = estimate.as_status()
    assert 0.15 < half["progress"] < 0.3 and half["eta_seconds"] > 1.4 * trained / 1000
    estimate.advanced("adapting", 100, 100)
    estimate.enter("training")
    estimate.stepped(STEPS, STEPS, 1000.0)
    assert estimate.as_status()["progress"] > 0.8
