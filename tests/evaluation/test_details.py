import numpy as np

from core.evaluation.details import class_details, details_of, label_details, mix_ups
from core.tasks import TASKS


def test_figures_per_class_and_the_confusion_matrix():
    truth, predicted = np.array([0, 0, 1, 1, 2, 2, 2, 0]), np.array([0, 1, 1, 1, 2, 0, 2, 0])
    found = class_details(truth, predicted, ("a", "b", "c"))
    assert found["confusion"] == [[2, 1, 0], [0, 2, 0], [1, 0, 2]]
    assert found["per_class"][0] == {"label": "a", "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}


def test_a_class_without_true_rows_has_no_figures_and_warns_nobody():
    found = class_details(np.array([0, 0, 0]), np.array([0, 0, 1]), ("a", "b"))
    assert found["per_class"][1] == {"label": "b", "precision": None, "recall": None, "f1": None, "support": 0}
    assert found["per_class"][0]["f1"] == 0.8


def test_a_label_without_true_rows_has_no_figures():
    truth, given = np.array([[True, False], [True, False]]), np.array([[True, True], [True, False]])
    found = label_details(truth, given, ("a", "b"))
    assert [figures["f1"] for figures in found["per_class"]] == [1.0, None]


def test_scores_tell_how_far_they_lean_to_one_side():
    found = details_of(TASKS["regression"], np.array([1.0, 3.0]), np.array([2.0, 4.0]), ("rating",))
    assert found == {"mean_error": 1.0, "spread": 1.0}


def test_the_commonest_mistakes_are_named():
    matrix = [[8, 0, 2, 0], [0, 9, 0, 0], [5, 0, 3, 0], [0, 0, 1, 4]]
    found = mix_ups(matrix, ("a", "b", "c", "d"), most=2)
    assert [(pair["true"], pair["called"], pair["rows"]) for pair in found] == [("c", "a", 5), ("a", "c", 2)]
    assert found[0]["share"] == 5 / 8
    assert mix_ups([[3, 0], [0, 2]], ("a", "b")) == []
