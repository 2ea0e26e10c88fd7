import numpy as np
import pytest

from core.transfer.distances import jensen_shannon, mean_discrepancy, proxy_a_distance, vocabulary_divergence

BOOKS = [f"the novel has {word} pages and a plot" for word in ("many", "few", "dull", "fine", "long", "old")] * 4
PANS = [f"this kettle boils {word} water and is steel" for word in ("hot", "much", "clean", "cold", "some", "more")] * 4


def test_jensen_shannon_by_hand():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.0, 0.5])  # middle: 1/2, 1/4, 1/4
    assert jensen_shannon(p, q) == pytest.approx(0.5 * np.log2(0.5 / 0.25))
    assert jensen_shannon(p, p) == 0.0
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(1.0)


def test_texts_without_a_word_in_common_are_one_bit_apart_and_the_same_texts_none():
    assert vocabulary_divergence(["aa bb"], ["cc dd"]) == pytest.approx(1.0)
    assert vocabulary_divergence(BOOKS, BOOKS) == pytest.approx(0.0)
    assert 0.3 < vocabulary_divergence(BOOKS, PANS) < 1.0


def test_a_classifier_that_is_never_wrong_means_a_distance_of_two_and_one_that_guesses_none():
    assert proxy_a_distance(BOOKS, PANS) == pytest.approx(2.0)
    assert proxy_a_distance(BOOKS, BOOKS) < 0.5
    assert proxy_a_distance(BOOKS, PANS[:6]) == pytest.approx(2.0), "domains of different sizes"


def test_the_discrepancy_of_two_points_each_by_hand():
    a, b = np.array([[0.0], [0.0]]), np.array([[1.0], [1.0]])  # squared distances: 0, 0 and four times 1, the median 1
    assert mean_discrepancy(a, b) == pytest.approx(np.sqrt(1 + 1 - 2 * np.exp(-1)))


def test_draws_of_one_distribution_are_nearer_than_shifted_ones():
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(80, 5)), draw.normal(size=(80, 5))
    assert mean_discrepancy(a, b) < 0.2 < mean_discrepancy(a, b + 1.0)
