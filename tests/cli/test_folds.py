"""The command line's words for cross-validation."""

import json

import pytest

from core.__main__ import main
from tests.jobs.test_folds import answered

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def call(capsys, *words, expect=0):
    assert main([*words, "--json"]) == expect
    return json.loads(capsys.readouterr().out)


def test_one_command_queues_a_run_for_each_fold(dataset, capsys):
    told = call(capsys, "cross-validate", "--dataset", dataset.name, "--folds", "3", "--epochs", "2", "--no-wait")
    assert (told["folds"], len(told["runs"]), told["complete"], told["total_rows"]) == (3, 3, False, 120)
    assert told["dataset"] == dataset.id and told["metrics"] == {} and told["rows_aside"] == 0
    assert [each["state"] for each in told["standing"]] == ["queued"] * 3
    assert call(capsys, "runs", "folds", told["runs"][1])["cross_validation"] == told["cross_validation"]


def test_the_joined_result_is_told_by_any_of_its_names(dataset, capsys):
    found = answered(dataset)
    runs = [run.id for run in found.runs.values()]
    tied, loose = call(capsys, "runs", "folds", found.id), call(capsys, "runs", "folds", *runs)
    assert tied["complete"] and tied["rows"] == 120 and set(tied["metrics"]) >= {"accuracy", "macro_f1", "confusion"}
    assert tied["metrics"] == loose["metrics"] and tied["baselines"] == loose["baselines"]
    assert set(tied["baselines"]) == {"majority", "tfidf"} and set(tied["between_folds"]) == {"accuracy", "macro_f1"}
    low, high = tied["intervals"]["accuracy"]
    assert low < tied["metrics"]["accuracy"] < high and tied["verdict"]["rows"] == 120
    assert main(["runs", "folds", runs[0]]) == 0
    lines = capsys.readouterr().out
    assert "Each of the 120 rows was judged once" in lines and "baseline tfidf: accuracy" in lines


def test_what_cannot_be_joined_is_refused_with_its_reason(dataset, capsys):
    found = answered(dataset)
    told = call(capsys, "runs", "folds", found.runs[1].id, found.runs[1].id, expect=1)
    assert "both on fold 1" in told["error"]["message"]
    told = call(capsys, "cross-validate", "--dataset", dataset.id, "--folds", "500", "--no-wait", expect=1)
    assert "500 folds of 120 rows make no sense" in told["error"]["message"]
