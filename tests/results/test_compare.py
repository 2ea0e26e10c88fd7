"""Verdicts between runs: what the raw p says alone, and what is left of it among all comparisons."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from core.config import RunConfig
from core.results.compare import compare_runs
from core.runs.folder import create_run
from tests.run_results import whole_result


def answered(dataset, name, wrong, rows=100, uneven=False):
    """A run that was judged by ``rows`` rows and got those numbered in ``wrong`` wrong."""
    run = create_run(RunConfig(dataset.id), name)
    truth = np.arange(rows) % (5 if uneven else 2) == 0
    given = np.where(np.isin(np.arange(rows), list(wrong)), ~truth, truth)
    named = {"label": truth, "prediction": given}
    table = pd.DataFrame({"row": np.arange(rows)} | {key: np.where(side, "pos", "neg") for key, side in named.items()})
    run.predictions("test").parent.mkdir()
    table.to_parquet(run.predictions("test"))
    headline = "macro_f1" if uneven else "accuracy"
    run.write_result(whole_result(labels=["neg", "pos"], rows_digest="same", headline=headline))
    run.write_status(state="finished")
    return run


def test_five_rows_won_and_none_lost_would_not_count_as_real_alone(dataset):
    tests = compare_runs([answered(dataset, "a", []), answered(dataset, "b", range(5))]).tests
    accuracy = next(test for test in tests if test["metric"] == "accuracy")
    assert accuracy["p"] == 0.0625 and accuracy["verdict"] == "not_shown"
    assert accuracy["interval"][0] < 0 and "Alone it would" not in accuracy["sentence"]


def test_what_only_the_number_of_comparisons_takes_back_says_so(dataset):
    runs = [answered(dataset, "a", []), answered(dataset, "b", range(6)), answered(dataset, "c", range(3, 9))]
    tests = compare_runs(runs).tests
    taken_back = [test for test in tests if test["p"] < 0.05 <= test["p_corrected"]]
    assert taken_back
    for test in tests:
        said = "Alone it would count as real; of 6 comparisons at once" in test["sentence"]
        assert said == (test in taken_back)
        assert (test["p"] < 0.05) == (test["interval"][0] > 0 or test["interval"][1] < 0)


def test_all_pairs_and_both_figures_are_corrected_together(dataset):
    spots = ([], range(6), range(2, 20), range(40, 47))
    tests = compare_runs([answered(dataset, f"run {at}", wrong) for at, wrong in enumerate(spots)]).tests
    assert len(tests) == 12
    expected = multipletests([test["p"] for test in tests], method="holm")[1]
    assert [test["p_corrected"] for test in tests] == pytest.approx(expected)
    assert all((test["verdict"] == "real") == (test["p_corrected"] < 0.05) for test in tests)


@pytest.mark.parametrize(("uneven", "first"), [(False, "accuracy"), (True, "macro_f1")])
def test_the_figure_that_the_runs_are_judged_by_comes_first(dataset, uneven, first):
    runs = [answered(dataset, name, range(end), uneven=uneven) for name, end in (("a", 3), ("b", 8), ("c", 20))]
    comparison = compare_runs(runs)
    metrics = [test["metric"] for test in comparison.tests]
    assert comparison.headline == first and metrics[:3] == [first] * 3
    assert len([1 for before, after in pairwise(metrics) if before != after]) == 1


def test_sentences_are_about_the_two_models_that_they_name(dataset):
    for test in compare_runs([answered(dataset, "a", []), answered(dataset, "b", range(30))]).tests:
        assert test["verdict"] == "real" and "about these two models" in test["sentence"]
