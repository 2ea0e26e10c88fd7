import numpy as np
import pytest

from core.evaluation.answers import confidence, decide, outputs_of, softmax, written
from core.tasks import TASKS

SINGLE, SEVERAL, SCORES = (TASKS[kind] for kind in ("single_label", "multi_label", "regression"))


def test_softmax_sums_to_one_also_for_large_scores():
    shares = softmax(np.array([[1000.0, 999.0], [-1000.0, -1000.0]], dtype=np.float32))
    assert shares.sum(axis=1) == pytest.approx([1.0, 1.0]) and shares[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_raw_scores_become_probabilities_or_scores_in_their_units():
    logits = np.array([[2.0], [-1.0]], dtype=np.float32)
    assert outputs_of(SCORES, logits, (10.0, 3.0)).tolist() == [16.0, 7.0]
    assert outputs_of(SEVERAL, np.array([[0.0, 1000.0]], dtype=np.float32)).tolist() == [[0.5, 1.0]]


def test_answers_are_written_as_the_data_set_has_them():
    assert written(SINGLE, np.array([1, 0]), ("a", "b")).tolist() == ["b", "a"]
    assert written(SEVERAL, np.array([[True, True], [False, False]]), ("a", "b")).tolist() == ["a|b", ""]
    assert written(SCORES, np.array([2.5]), ("rating",)).tolist() == [2.5]


def test_confidence_of_several_labels_is_that_of_the_least_sure():
    shares, thresholds = np.array([[0.9, 0.3], [0.25, 0.0]]), np.array([0.5, 0.25])
    assert decide(SEVERAL, shares, thresholds).tolist() == [[True, True], [False, False]]
    assert confidence(SEVERAL, shares, thresholds) == pytest.approx([0.05 / 0.75, 0.25 / 0.5])
    assert confidence(SCORES, np.array([1.0])) is None
