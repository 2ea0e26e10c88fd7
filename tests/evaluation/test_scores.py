from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import f1_score

from core.evaluation.scores import evaluate, validate
from core.tasks import SCALE, TASKS

SINGLE = TASKS["single_label"]


def test_the_figures_of_classes_agree_with_scikit_learn():
    truth, predicted = np.array([0, 0, 1, 1, 2, 2, 2, 0]), np.array([0, 1, 1, 1, 2, 0, 2, 0])
    found = evaluate(SINGLE, truth, np.eye(3)[predicted], ("a", "b", "c"))["metrics"]
    assert found["accuracy"] == 6 / 8
    assert found["macro_f1"] == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert set(found) == {"accuracy", "macro_f1", "loss", "per_class", "confusion"}


def test_intervals_hold_the_value_and_shrink_with_rows():
    random = np.random.default_rng(0)
    wide, narrow = (
        evaluate(SINGLE, truth, np.eye(2)[np.where(random.random(rows) < 0.8, truth, 1 - truth)], ("a", "b"))[
            "intervals"
        ]
        for rows in (50, 5000)
        for truth in [random.integers(0, 2, rows)]
    )
    for name in ("accuracy", "macro_f1"):
        assert wide[name][0] < 0.8 < wide[name][1] + 0.1
        assert narrow[name][1] - narrow[name][0] < 0.25 * (wide[name][1] - wide[name][0])


def test_the_deciding_score_is_turned_so_that_more_is_better():
    config = SimpleNamespace(problem_type="regression", **{SCALE: (2000.0, 10.0)})
    truth = np.array([2000.0, 2010.0, 1990.0], dtype=np.float32)
    reached, scores = validate(config, np.array([[0.0], [1.0], [-0.5]], dtype=np.float32), truth, "auto")
    assert scores["rmse"] == pytest.approx(np.sqrt(25 / 3)) and reached == -scores["rmse"]
    assert scores["loss"] == pytest.approx(0.25 / 3)  # in units of the spread that the model was taught with
    assert validate(config, np.zeros((3, 1), dtype=np.float32), truth, "pearson")[0] == float("-inf")  # not defined


def test_validation_chooses_the_thresholds_of_labels_before_it_scores_them():
    truth = np.array([[1.0], [1.0], [0.0], [0.0]] * 3, dtype=np.float32)
    low = np.where(truth == 1, -2.0, -4.0).astype(np.float32)  # all below one half, and yet told apart
    reached, scores = validate(SimpleNamespace(problem_type="multi_label_classification"), low, truth, "auto")
    assert reached == scores["macro_f1"] == 1.0
