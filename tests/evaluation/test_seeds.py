"""Ways of training, told apart over rows and seeds."""

import numpy as np
import pytest

from core.evaluation.seeds import Way, compare_ways, spread_of
from core.metrics.metric import Answered
from core.metrics.table import METRICS
from core.tasks import TASKS

SINGLE = TASKS["single_label"]


def way(random, truth, easy, skill, deviation, trainings, classes=4):
    """Answers of models whose skill differs from seed to seed; easy rows are right for all."""
    answers = []
    for _ in range(trainings):
        chance = (np.clip(skill + random.normal(0, deviation), 0.6, 1.0) - 0.6) / 0.4
        right = easy | (random.random(len(truth)) < chance)
        answers.append(np.where(right, truth, (truth + random.integers(1, classes, len(truth))) % classes))
    return Way(answers)


def called_real(gain, rows=1000, trainings=3, deviation=0.005, pairs=200, metric="accuracy", seed=1):
    random, real = np.random.default_rng(seed), 0
    for _ in range(pairs):
        truth, easy = random.integers(0, 4, rows), random.random(rows) < 0.6
        sides = [way(random, truth, easy, skill, deviation, trainings) for skill in (0.85 + gain, 0.85)]
        test = compare_ways(SINGLE, truth, *sides, 4, metric)
        real += test.verdict == "real"
        low, high = test.interval
        assert (low <= 0 <= high) == (test.p >= 0.05) and low <= test.difference <= high
    return real / pairs


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_groups_that_differ_by_seed_alone_are_not_told_apart(metric):
    assert called_real(0.0, metric=metric) <= 0.07
    assert called_real(0.0, rows=200, deviation=0.02, metric=metric, seed=2) <= 0.07


def test_five_points_on_a_thousand_rows_with_three_seeds_are_real():
    assert called_real(0.05) >= 0.97


def test_one_or_two_trainings_do_not_carry_a_verdict_about_ways():
    random = np.random.default_rng(0)
    truth, easy = random.integers(0, 4, 500), random.random(500) < 0.6
    good, bad = way(random, truth, easy, 0.99, 0, 2), way(random, truth, easy, 0.7, 0, 3)
    assert compare_ways(SINGLE, truth, good, bad, 4, "accuracy").verdict == "too_few_seeds"
    fixed = Way(good.answers[:1], fixed=True)  # training again gives the same model
    assert compare_ways(SINGLE, truth, fixed, bad, 4, "accuracy").verdict == "real"


def test_few_rows_are_said_before_few_seeds():
    truth = np.zeros(20, dtype=np.int64)
    side = Way([truth])
    assert compare_ways(SINGLE, truth, side, side, 2, "accuracy").verdict == "too_few_rows"


def test_pairs_that_share_what_makes_a_seed_lucky_are_told_apart_sooner():
    random = np.random.default_rng(3)
    truth, easy = random.integers(0, 4, 2000), random.random(2000) < 0.6
    luck = (-0.08, 0.0, 0.08)
    sides = []
    for gain in (0.03, 0.0):
        sides.append(Way([way(random, truth, easy, 0.85 + gain + each, 0, 1).answers[0] for each in luck]))
    apart = compare_ways(SINGLE, truth, *sides, 4, "accuracy")
    paired = compare_ways(SINGLE, truth, *sides, 4, "accuracy", paired=True)
    assert paired.p < apart.p and paired.difference == apart.difference


def test_a_spread_has_the_mean_and_an_interval_wider_than_that_of_one_model():
    random = np.random.default_rng(5)
    truth, easy = random.integers(0, 4, 1000), random.random(1000) < 0.6
    side = way(random, truth, easy, 0.85, 0.03, 3)
    spread = spread_of(SINGLE, truth, side, 4, "accuracy")
    assert spread.mean == pytest.approx(np.mean([np.mean(answers == truth) for answers in side.answers]))
    low, high = METRICS["accuracy"].forms["single_label"].interval(Answered(truth, side.answers[0], 4))
    assert spread.interval[1] - spread.interval[0] > high - low
    assert spread.interval[0] < spread.mean < spread.interval[1] and spread.deviation > 0.005


def test_all_right_has_an_interval_of_some_width():
    truth = np.arange(100) % 2
    spread = spread_of(SINGLE, truth, Way([truth, truth, truth]), 2, "accuracy")
    assert spread.interval[1] == 1.0 and 0.9 < spread.interval[0] < 1.0
    test = compare_ways(SINGLE, truth, Way([truth] * 3), Way([truth] * 3), 2, "accuracy")
    assert test.verdict == "not_shown" and test.interval[0] < 0 < test.interval[1]


@pytest.mark.parametrize("kind, name", [(task.kind, name) for task in TASKS.values() for name in task.tested])
def test_influences_give_the_variance_that_drawing_rows_again_shows(kind, name):
    random = np.random.default_rng(7)
    rows = 400
    if kind == "regression":
        truth = random.normal(5, 2, rows)
        answers = truth + random.normal(0, 1, rows)
    elif kind == "multi_label":
        truth = (random.random((rows, 4)) < 0.3).astype(np.int64)
        answers = np.where(random.random((rows, 4)) < 0.85, truth, 1 - truth).astype(bool)
    else:
        truth = random.choice(4, rows, p=[0.4, 0.3, 0.2, 0.1])
        answers = np.where(random.random(rows) < 0.8, truth, random.integers(0, 4, rows))
    form = METRICS[name].forms[kind]
    influence = form.influence(Answered(truth, answers, 4))
    assert influence.shape == (rows,) and abs(influence.mean()) < 1e-6
    drawn = [
        form.value(Answered(truth[chosen], answers[chosen], 4)) for chosen in random.integers(0, rows, (400, rows))
    ]
    assert np.sqrt(influence.var() / rows) == pytest.approx(np.std(drawn), rel=0.2)
