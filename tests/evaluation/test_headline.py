import numpy as np
import pandas as pd
import pytest

from core.data.cleaning.checks.health import check_dataset
from core.data.sets.add import add_dataset
from core.evaluation.headline import headline_for, is_uneven
from core.tasks import TASKS, headline_of


@pytest.mark.parametrize(
    ("rows", "uneven"),
    [([50, 50], False), ([60, 40], False), ([61, 40], True), ([60, 0, 50], False), ([9], False), ([], False)],
)
def test_classes_are_even_up_to_half_as_many_again(rows, uneven):
    assert is_uneven(rows) == uneven
    assert headline_for(TASKS["single_label"], rows) == ("macro_f1" if uneven else "accuracy")


def test_other_tasks_keep_their_own():
    assert headline_for(TASKS["multi_label"], [90, 10]) == "micro_f1"
    assert headline_for(TASKS["regression"], np.array([], dtype=int)) == "rmse"


@pytest.mark.parametrize("often", [30, 60])
def test_the_check_of_the_data_advises_what_the_verdict_is_about(home, tmp_path, often):
    labels = ["a"] * often + ["b"] * 30
    pd.DataFrame({"text": [f"text number {n} says so" for n in range(len(labels))], "label": labels}).to_csv(
        tmp_path / "x.csv", index=False
    )
    dataset, _ = add_dataset(tmp_path / "x.csv")
    balance = next(check for check in check_dataset(dataset) if check.name == "class balance")
    headline = headline_for(TASKS["single_label"], pd.Series(labels).value_counts())
    assert ("macro-F1" in (balance.remedy or "")) == (headline == "macro_f1")


def test_results_of_earlier_versions_are_judged_by_what_their_verdict_is_about():
    assert headline_of({"task": "single_label", "verdict": {"metric": "accuracy"}}) == "accuracy"
    assert headline_of({"task": "regression"}) == "rmse"
    assert (
        headline_of({"task": "single_label", "headline": "macro_f1", "verdict": {"metric": "macro_f1"}}) == "macro_f1"
    )
