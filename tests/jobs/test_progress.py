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
