import numpy as np
import pandas as pd

from core.evaluation.prediction_table import prediction_table
from core.tasks import TASKS


def rows(labels):
    return pd.DataFrame({"row": range(len(labels)), "text": "x", "label": labels, "split": "test"}, index=[7, 9])


def test_a_class_stands_beside_the_truth_with_its_probability():
    table = prediction_table(rows(["a", "b"]), np.array([0, 1]), np.array([[0.75, 0.25], [0.5, 0.5]]), ("a", "b"))
    assert list(table.columns) == ["row", "text", "label", "prediction", "confidence", "correct", "p.a", "p.b"]
    assert table["correct"].tolist() == [True, False] and table["confidence"].tolist() == [0.75, 0.5]


def test_labels_tell_which_are_missing_and_which_too_many():
    truth, shares = np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([[0.9, 0.1], [0.1, 0.8]])
    table = prediction_table(rows(["a|b", ""]), truth, shares, ("a", "b"), TASKS["multi_label"])
    assert table["prediction"].tolist() == ["a", "b"]
    assert table["missed"].tolist() == ["b", ""] and table["extra"].tolist() == ["", "b"]


def test_the_error_of_a_score_is_told_from_the_truth_as_it_is_stored():
    table = prediction_table(
        rows(["0.1", "2"]), np.array([0.1, 2.0], dtype=np.float32), np.array([0.1, 1.5]), ("y",), TASKS["regression"]
    )
    assert table["error"].tolist() == [0.0, -0.5]
