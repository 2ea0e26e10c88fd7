"""Workspaces that earlier versions wrote stay readable: sets, versions, runs, checkpoints and caches.

``old_workspaces/<date>.tar.xz`` holds what the version of that day left behind: a set with a version of it, finished runs
(full, linear_probe, top_k, lora), a run that was stopped in its third epoch, and their tiny source.
"""

import json
import tarfile
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ROOT
from tests.processes import Graft

ARCHIVES = sorted((ROOT / "tests" / "old_workspaces").glob("*.tar.xz"))
SOURCE = "@SOURCE@"  # stands where the runs name their source, whose folder is another one here


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name)
def old(request, tmp_path, monkeypatch) -> Path:
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    for path in tmp_path.rglob("*.json*"):
        path.write_text(path.read_text().replace(SOURCE, str(tmp_path / "source")))
    monkeypatch.setenv("GRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRAFT_NO_SCHEDULER", "1")
    return tmp_path / "home"


def by_name():
    from core.runs.folder import list_runs

    return {run.name: run for run in list_runs()}


def test_sets_and_their_versions_open(old):
    from core.data.cleaning.checks.health import check_dataset
    from core.data.sets.store import list_datasets
    from core.data.sets.versions import lineage

    newest, oldest = sorted(list_datasets(), key=lambda dataset: dataset.rows)
    assert (newest.rows, oldest.rows) == (240, 241)
    assert [dataset.id for dataset in lineage(newest)] == [oldest.id, newest.id]
    assert set(newest.frame()["label"]) == {"neg", "pos"}
    assert "exact_duplicates" not in {check.name for check in check_dataset(newest)}


def test_finished_runs_show_their_results_and_score_texts(old):
    from core.results.compare import compare_runs
    from core.results.predictor import Predictor

    runs = by_name()
    assert {name: run.state for name, run in runs.items()} == {
        "full": "finished", "probe": "finished", "top": "finished", "lora": "finished", "stopped": "stopped"
    }  # fmt: skip
    full = runs["full"]
    assert full.result["metrics"]["accuracy"] == 1.0 and full.config.strategy == "full"
    predictor = Predictor.load(full)
    outputs = predictor.predict(["the superb film", "the tedious meal"])
    assert predictor.answers(outputs).tolist() == ["pos", "neg"]
    assert compare_runs([full, runs["probe"]]).tests[0]["verdict"] == "real"


@pytest.mark.slow
def test_a_stopped_run_goes_on_from_its_checkpoint(old):
    graft, run = Graft(old), by_name()["stopped"]
    steps = json.loads((run.path / "status.json").read_text())["step"]
    try:
        graft.call("runs", "resume", run.id)
        graft.wait_state(run.id, "finished")
    finally:
        graft.end()
    resumed = run.events("resumed")
    assert resumed and resumed[-1]["step"] == steps
    assert run.result["metrics"]["accuracy"] == 1.0  # as the unbroken run of the same seed


def test_baselines_near_copies_and_speeds_are_not_computed_again(old):
    from core.data.cleaning.similar import similar_rows
    from core.data.sets.store import get_dataset
    from core.results.baseline_cache import baselines_of
    from core.training.devices import find_device
    from core.training.speeds import remembered_speed

    run = by_name()["full"]
    cached = {path: path.stat().st_mtime_ns for path in (old / "cache").rglob("*") if path.is_file()}
    baselines = baselines_of(run.config, pd.read_parquet(run.predictions("test"))["row"])
    assert [baseline.name for baseline, _ in baselines] == ["majority", "tfidf"]
    dataset = get_dataset(run.config.dataset)
    similar_rows(dataset, dataset.frame())
    assert {path: path.stat().st_mtime_ns for path in (old / "cache").rglob("*") if path.is_file()} == cached
    assert remembered_speed(run.config, find_device("cpu"))


@pytest.mark.slow
def test_tokens_and_features_under_names_that_said_too_little_are_left_aside(old):
    graft, probe = Graft(old), by_name()["probe"]
    words = ["--dataset", probe.config.dataset, "--model", probe.config.model, "--strategy", "linear_probe"]
    try:
        again = graft.call("train", *words, "--seed", "1", "--batch-size", "8")
    finally:
        graft.end()
    assert again["metrics"]["accuracy"] > 0.4
    assert len(list((old / "cache" / "features").iterdir())) == 2 + 2
