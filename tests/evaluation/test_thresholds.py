import numpy as np
import pytest
from sklearn.metrics import f1_score

from core.evaluation.answers import decide
from core.evaluation.thresholds import choose_thresholds
from core.tasks import TASKS
from tests.evaluation.test_multilabel import made

TASK = TASKS["multi_label"]


def test_chosen_thresholds_beat_one_half():
    truth, shares = made()
    chosen = choose_thresholds(truth, shares)
    fresh, judged_shares = made(seed=1)
    scores = [
        f1_score(fresh, decide(TASK, judged_shares, thresholds), average="micro") for thresholds in (chosen, None)
    ]
    assert scores[0] > scores[1] + 0.1


def test_the_threshold_of_a_separable_label_lies_in_the_gap():
    truth = np.array([[0.0], [0.0], [0.0]] * 4 + [[1.0]] * 6)
    shares = np.array([[0.1], [0.2], [0.15]] * 4 + [[0.4]] * 6)
    assert choose_thresholds(truth, shares) == pytest.approx([0.3])


def test_a_label_that_cannot_be_told_is_not_given_to_every_row():
    random = np.random.default_rng(0)
    truth, shares = (random.random((1000, 1)) < 0.05).astype(float), random.random((1000, 1))
    assert decide(TASK, shares, choose_thresholds(truth, shares)).mean() <= 0.11
    alike = choose_thresholds(truth, np.full((1000, 1), 0.05))
    assert not decide(TASK, np.full((1000, 1), 0.05), alike).any()


def test_without_validation_rows_a_label_is_given_from_one_half():
    assert choose_thresholds(np.zeros((0, 3)), np.zeros((0, 3))).tolist() == [0.5] * 3
