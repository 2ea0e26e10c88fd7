"""A new metric is one file and one line in the table: everything else follows from that."""

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import ConfigError
from core.evaluation.result import build_result
from core.evaluation.scores import validate
from core.evaluation.significance import paired_tests
from core.metrics.means import of_means
from core.metrics.metric import Metric
from core.metrics.table import METRICS
from core.results.compare import compare_runs
from core.tasks import TASKS, check_settings
from tests.app.test_pages import finished
from tests.conftest import sentences

TOY = Metric(
    "toy",
    "Toy share",
    "Share of rows that got the first class.",
    {"single_label": of_means(lambda rows: (rows.answers == 0)[:, None].astype(float), lambda means: means[:, 0])},
)


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setitem(METRICS, TOY.name, TOY)


def test_what_tasks_and_settings_name_keeps_its_order():
    single, several, scores = (TASKS[kind] for kind in ("single_label", "multi_label", "regression"))
    assert (single.metrics, single.tested) == (("accuracy", "macro_f1"), ("accuracy", "macro_f1"))
    assert single.choices == ("macro_f1", "accuracy", "loss")
    assert several.metrics == ("micro_f1", "macro_f1", "subset_accuracy") and several.tested == ("micro_f1", "macro_f1")
    assert several.choices == ("macro_f1", "micro_f1", "subset_accuracy", "loss")
    assert scores.metrics == ("rmse", "mae", "pearson", "spearman") and scores.tested == ("rmse", "mae")
    assert scores.choices == ("rmse", "mae", "pearson", "spearman", "loss")
    assert all(task.headline in task.tested and task.best_by in task.choices for task in TASKS.values())


def test_an_unknown_score_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ConfigError) as refused:
        RunConfig("x", best_by="toy")
    assert refused.value.hint == (
        "It must be one of: auto, macro_f1, accuracy, micro_f1, subset_accuracy, rmse, mae, pearson, spearman, loss."
    )


def test_every_metric_that_is_shown_has_an_interval_and_every_tested_one_a_test():
    for metric in METRICS.values():
        for form in metric.forms.values():
            assert bool(form.interval) >= metric.shown and bool(form.paired) >= metric.tested, metric.name


def test_a_new_metric_stands_in_the_result_with_its_interval(toy):
    truth = np.array([0, 1] * 50)
    result = build_result(truth, np.eye(2)[truth], ("a", "b"), [])
    low, high = result["intervals"]["toy"]
    assert result["metrics"]["toy"] == 0.5 and low < 0.5 < high
    assert [test.metric for test in paired_tests(TASKS["single_label"], truth, truth, truth, 2)][-1] == "toy"


def test_a_new_metric_may_choose_the_checkpoint(toy):
    config = RunConfig("x", best_by="toy")
    check_settings(config, TASKS["single_label"])
    with pytest.raises(ConfigError, match="toy"):
        check_settings(config, TASKS["regression"])
    logits = np.array([[1.0, 0.0]] * 3 + [[0.0, 1.0]], dtype=np.float32)
    model_config = type("ModelConfig", (), {"problem_type": "single_label_classification"})
    assert validate(model_config, logits, np.zeros(4, dtype=int), "toy")[0] == 0.75


def test_a_new_metric_is_compared_between_runs(toy, home, tmp_path):
    pd.DataFrame(sentences(300), columns=["review", "label"]).to_csv(tmp_path / "reviews.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "reviews.csv")
    runs = [finished(dataset, "first", 0.9), finished(dataset, "second", 0.6, seed=1)]
    tests = compare_runs(runs).tests
    assert [test["metric"] for test in tests] == ["accuracy", "macro_f1", "toy"]
    assert "toy share" in tests[-1]["sentence"]
