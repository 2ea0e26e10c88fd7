import numpy as np
import pytest

from core.evaluation.baselines import majority
from core.evaluation.by_names import (
    names_baseline,
    nearest,
    readable_name,
    says_nothing,
    sentences_to_read,
    unreadable,
)
from core.evaluation.result import build_result


@pytest.mark.parametrize(
    "label, words",
    [
        ("card_not_arrived", "card not arrived"), ("cardNotArrived", "card not arrived"), ("Sci/Tech", "sci tech"),
        ("comp.sys.mac", "comp sys mac"), ("neg", "negative"), ("HTTPError", "http error"), ("Große Freude", "große freude"),
    ],
)  # fmt: skip
def test_a_class_name_is_read_as_words(label, words):
    assert readable_name(label) == words


def test_names_without_a_word_say_nothing_unless_they_are_described():
    assert [says_nothing(name) for name in ("0", "C2", "-1", "neg", "物流", "1 star")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert "'0'" in unreadable(("0", "good"), {}) and "descriptions" in unreadable(("0", "good"), {})
    assert unreadable(("0", "1"), {"0": "It is bad.", "1": "It is good."}) == ""
    by_name, told = sentences_to_read(("0", "late_order"), {"0": "It broke."})
    assert by_name == ["It broke.", "This text is about late order."] and told == by_name


def test_each_text_gets_the_nearest_class_once_what_all_share_is_taken_off():
    """By hand: all texts share the first direction and all classes the third; only the second tells them apart."""
    texts = np.array([[3.0, 4.0, 0.0], [6.0, -8.0, 0.0]])  # (0.6, ±0.8): less their mean (0.6, 0), they are (0, ±0.8)
    classes = np.array([[0.0, 4.0, 3.0], [0.0, -4.0, 3.0]])  # less their mean they are (0, ±0.8, 0)
    shares = nearest(texts, texts, classes, classes)
    certain = 1 / (1 + np.exp(-40.0))  # cosines are 1 and -1, times 20
    assert np.allclose(shares, [[certain, 1 - certain], [1 - certain, certain]])
    lone = nearest(texts, texts, np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]), classes)
    assert np.allclose(lone.argmax(axis=1), [0, 1]), "a description counts where names are alike"


def test_the_verdict_is_about_what_needs_no_transfer_and_says_where_labels_added_nothing():
    truth = np.arange(80) % 2
    by_names = names_baseline(np.eye(2)[truth], 0)
    simple = majority(np.zeros(9, dtype=int), 80, 2)
    result = build_result(truth, np.eye(2)[truth], ("a", "b"), [(simple, 0.0), (by_names, 0.1)])
    assert result["verdict"]["against"] == "majority" and result["verdict"]["verdict"] == "real"
    assert [line["paired"]["difference"] for line in result["baselines"]] == [0.5, 0.0]
    assert any("names of the classes alone" in note for note in result["notes"])
    worse = names_baseline(np.eye(2)[1 - truth], 0)
    better = build_result(truth, np.eye(2)[truth], ("a", "b"), [(simple, 0.0), (worse, 0.1)])
    assert not any("names of the classes alone" in note for note in better["notes"])
