import numpy as np
import pytest

from core.transfer.scores import h_score, logme, probe_score


def features_and_labels(rows=300, width=20, gap=2.0):
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, rows)
    centres = random.normal(size=(3, width)) * gap
    return centres[labels] + random.normal(size=(rows, width)), labels


@pytest.mark.parametrize("score", [h_score, logme, probe_score])
@pytest.mark.parametrize("width", [20, 500])
def test_separable_classes_score_higher_than_shuffled_ones(score, width):
    features, labels = features_and_labels(width=width)
    assert score(features, labels) > score(features, np.random.default_rng(1).permutation(labels))


@pytest.mark.parametrize("score", [h_score, logme, probe_score])
def test_scores_do_not_depend_on_scale_or_shift(score):
    features, labels = features_and_labels()
    assert score(features * 50 + 7, labels) == pytest.approx(score(features, labels), rel=1e-3)


def test_a_class_with_one_row_does_not_break_the_probe():
    features, labels = features_and_labels(rows=60)
    labels[0] = 3
    assert 0.5 < probe_score(features, labels) <= 1.0
