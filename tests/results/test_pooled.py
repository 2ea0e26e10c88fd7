"""Pooling the rows that several models judged."""

import numpy as np
import pandas as pd
import pytest

from core.errors import RunError
from core.evaluation.baselines import majority, trivial
from core.evaluation.prediction_table import prediction_table
from core.evaluation.result import build_result
from core.results.pooled import Fold, pool
from core.tasks import TASKS

RANDOM = np.random.default_rng(3)


def fold(task, first, outputs, truth, labels, thresholds=None, baseline=None, text="text"):
    """What the model of one fold answered on rows from ``first`` on."""
    rows = len(truth)
    names = {
        "single_label": lambda: [labels[each] for each in truth],
        "multi_label": lambda: ["|".join(np.array(labels)[each.astype(bool)]) for each in truth],
        "regression": lambda: [str(each) for each in truth],
    }[task.kind]()
    judged = pd.DataFrame(
        {"row": range(first, first + rows), "text": [f"{text} {first + at}" for at in range(rows)], "label": names}
    )
    beside = (baseline,) if baseline is not None else ()
    metrics = build_result(truth, outputs, labels, [(each, 0.0) for each in beside], task, thresholds)["metrics"]
    return Fold(
        f"fold at {first}",
        prediction_table(judged, truth, outputs, labels, task, thresholds),
        metrics,
        thresholds,
        beside,
    )


def classes(first, rows, right, text="text"):
    truth = np.arange(rows) % 2
    hit = np.arange(rows) < right
    outputs = np.where(np.stack([truth == 0, truth == 1], axis=1) == hit[:, None], 0.9, 0.1)
    return fold(
        TASKS["single_label"], first, outputs, truth, ("neg", "pos"), baseline=majority(truth, rows, 2), text=text
    )


def test_the_pooled_figure_counts_rows_and_not_folds():
    found = pool([classes(0, 40, 40), classes(40, 60, 30)], TASKS["single_label"], ("neg", "pos"))
    assert found.result["rows"] == 100 and found.result["metrics"]["accuracy"] == pytest.approx(0.7)
    low, high = found.result["intervals"]["accuracy"]
    assert low < 0.7 < high
    spread = found.spread["accuracy"]
    assert (spread["low"], spread["high"], spread["mean"]) == (0.5, 1.0, 0.75)
    assert spread["deviation"] == pytest.approx(np.std([0.5, 1.0], ddof=1))
    assert found.result["baselines"][0]["metrics"]["accuracy"] == pytest.approx(0.5)
    assert found.result["verdict"]["sentence"].startswith("This training is better than Majority class")
    assert found.table["row"].tolist() == list(range(100))


def test_a_row_that_two_models_judged_is_refused():
    with pytest.raises(RunError, match="Row 39 was judged both by fold at 0 and by fold at 39"):
        pool([classes(0, 40, 30), classes(39, 40, 30)], TASKS["single_label"], ("neg", "pos"))


def test_texts_that_stand_in_two_folds_are_counted():
    one, two = classes(0, 40, 30), classes(40, 40, 30)
    two.table.loc[0, "text"] = one.table.loc[5, "text"].upper()
    assert pool([one, two], TASKS["single_label"], ("neg", "pos")).repeated == 2


def test_each_model_keeps_its_own_thresholds_for_several_labels():
    task, labels = TASKS["multi_label"], ("a", "b", "c")
    parts = []
    for at, edge in enumerate((0.2, 0.8)):
        truth = RANDOM.integers(0, 2, (50, 3)).astype(np.float32)
        outputs = np.where(truth == 1, edge + 0.05, edge - 0.05)  # right with its own threshold, wrong with the other's
        baseline = trivial(task.kind, truth, 50, 3)
        parts.append(fold(task, 50 * at, outputs, truth, labels, np.full(3, edge), baseline))
    found = pool(parts, task, labels)
    assert found.result["metrics"]["micro_f1"] == 1.0 and found.result["metrics"]["subset_accuracy"] == 1.0
    assert found.result["baselines"][0]["metrics"]["micro_f1"] < 1.0
    assert (found.table["label"] == found.table["prediction"]).all()


def test_scores_are_pooled_in_their_units_and_a_mean_correlates_with_nothing():
    task = TASKS["regression"]
    parts = []
    for at in range(2):
        truth = RANDOM.normal(10 * at, 1, 30)
        parts.append(
            fold(task, 30 * at, truth + 0.5, truth, ("stars",), baseline=trivial("regression", truth + 3, 30, 1))
        )
    found = pool(parts, task, ("stars",))
    assert found.result["metrics"]["rmse"] == pytest.approx(0.5) and found.result["metrics"]["pearson"] > 0.99
    assert found.result["baselines"][0]["metrics"]["pearson"] is None
    assert found.result["baselines"][0]["intervals"]["spearman"] == [None, None]


def test_without_baselines_there_is_no_verdict():
    parts = [Fold(each.name, each.table, each.metrics) for each in (classes(0, 40, 30), classes(40, 40, 30))]
    found = pool(parts, TASKS["single_label"], ("neg", "pos"))
    assert found.result["verdict"] is None and found.result["baselines"] == []
