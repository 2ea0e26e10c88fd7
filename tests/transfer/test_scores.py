import numpy as np
import pytest
from scipy.linalg import null_space
from scipy.optimize import minimize

from core.transfer.scores import h_score, logme, probe_score


def features_and_labels(rows=300, width=20, gap=2.0, classes=3):
    random = np.random.default_rng(0)
    labels = random.integers(0, classes, rows)
    centres = random.normal(size=(classes, width)) * gap
    return centres[labels] + random.normal(size=(rows, width)), labels


def greatest_evidence(features, labels):
    """LogME by its definition: the likelihood of y under N(0, 1 / beta + x x' / alpha), maximised numerically."""
    x = features - features.mean(axis=0)
    x /= x.std()
    without_mean = null_space(np.ones((1, len(x))))  # (rows, rows - 1)
    values, vectors = np.linalg.eigh(without_mean.T @ x @ x.T @ without_mean)
    found = []
    for label in np.unique(labels):
        squares = (vectors.T @ without_mean.T @ (labels == label)) ** 2

        def loss(logs, squares=squares):
            variance = np.exp(-logs[1]) + np.clip(values, 0, None) * np.exp(-logs[0])
            return 0.5 * np.mean(np.log(2 * np.pi * variance) + squares / variance)

        starts = [(alpha, beta) for alpha in (0, 5, 12) for beta in (-1, 2, 6)]
        found.append(-min(minimize(loss, start, method="Nelder-Mead").fun for start in starts))
    return np.mean(found)


@pytest.mark.parametrize("score", [h_score, logme, probe_score])
@pytest.mark.parametrize("width", [20, 500])
def test_separable_classes_score_higher_than_shuffled_ones(score, width):
    features, labels = features_and_labels(width=width)
    assert score(features, labels) > score(features, np.random.default_rng(1).permutation(labels))


@pytest.mark.parametrize("score", [h_score, logme, probe_score])
@pytest.mark.parametrize(("rows", "width"), [(300, 20), (40, 100)])
def test_wider_gaps_between_classes_score_higher(score, rows, width):
    near, labels = features_and_labels(rows, width, gap=0.05)
    far, _ = features_and_labels(rows, width, gap=1.0)
    assert score(far, labels) > score(near, labels)


@pytest.mark.parametrize("score", [h_score, logme, probe_score])
def test_scores_do_not_depend_on_scale_or_shift(score):
    features, labels = features_and_labels()
    assert score(features * 50 + 7, labels) == pytest.approx(score(features, labels), rel=1e-3)


@pytest.mark.parametrize("score", [h_score, logme])
@pytest.mark.parametrize(("rows", "width"), [(300, 20), (40, 100)])
def test_turning_the_axes_changes_nothing(score, rows, width):
    features, labels = features_and_labels(rows, width, gap=0.3)
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(width, width)))
    assert score(features @ turn, labels) == pytest.approx(score(features, labels), rel=1e-6)


@pytest.mark.parametrize("score", [h_score, logme, probe_score])
def test_names_of_the_classes_do_not_matter(score):
    features, labels = features_and_labels()
    assert score(features, np.array([7, 0, 4])[labels]) == pytest.approx(score(features, labels), rel=1e-9)


@pytest.mark.parametrize("rows", [300, 40])
def test_empty_columns_do_not_change_logme(rows):
    features, labels = features_and_labels(rows, 100, gap=0.3)
    wider = np.hstack([features, np.zeros((rows, 400))])
    assert logme(wider, labels) == pytest.approx(logme(features, labels), abs=1e-6)


@pytest.mark.parametrize(("rows", "width", "gap"), [(200, 20, 0.0), (200, 20, 1.0), (40, 100, 0.3), (30, 200, 0.1)])
def test_logme_is_the_greatest_evidence(rows, width, gap):
    features, labels = features_and_labels(rows, width, gap)
    assert logme(features, labels) == pytest.approx(greatest_evidence(features, labels), abs=5e-3)


def test_classes_far_apart_in_every_direction_reach_the_highest_h_score():
    features, labels = features_and_labels(rows=2000, width=4, gap=200.0, classes=3)
    assert h_score(features, labels) == pytest.approx(2.0, abs=0.05)  # classes - 1


def test_fewer_rows_than_columns_give_finite_scores():
    features, labels = np.random.default_rng(0).normal(size=(6, 50)), np.array([0, 1, 0, 1, 0, 1])
    assert np.isfinite([h_score(features, labels), logme(features, labels), probe_score(features, labels)]).all()
    assert h_score(features, labels) <= 1.0 + 1e-6


def test_features_that_do_not_differ_score_lowest():
    features, labels = features_and_labels(gap=0.3)
    same = np.full_like(features, 0.1, dtype=np.float32)
    assert h_score(same, labels) == 0.0
    assert logme(same, labels) < logme(features, labels)
    assert probe_score(same, labels) < probe_score(features, labels)


def test_float32_features_are_scored_like_float64_ones():
    features, labels = features_and_labels(gap=0.3)
    offset = features + 100  # a large mean is where float32 loses its digits
    for score in (h_score, logme):
        assert score(offset.astype(np.float32), labels) == pytest.approx(score(offset, labels), abs=1e-4)


def test_the_probe_is_the_same_for_the_same_seed():
    features, labels = features_and_labels(rows=90, gap=0.3)
    assert probe_score(features, labels, 1) == probe_score(features, labels, 1)


def test_a_class_with_one_row_does_not_break_the_probe():
    features, labels = features_and_labels(rows=60)
    labels[0] = 3
    assert 0.5 < probe_score(features, labels) <= 1.0


@pytest.mark.parametrize("labels", [np.zeros(6, dtype=int), np.arange(6), np.array([0, 0, 0, 1, 2, 3])])
def test_a_probe_without_two_classes_to_learn_says_so(labels):
    with pytest.raises(ValueError, match="two classes with two rows"):
        probe_score(np.eye(6), labels)
