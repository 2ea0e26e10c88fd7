"""A real Ray cluster of two nodes on this machine: a study on it, a node that dies in the midst, stops, and a head that goes."""

import importlib.util
import json
import os
import shutil

import pandas as pd
import pytest

from tests.conftest import ROOT, sentences
from tests.jobs.cluster.ray_nodes import Nodes
from tests.processes import Graft, wait

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(1200),
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install -r requirements-cluster.txt"),
]  # fmt: skip
TOKEN = "sesame-" * 6
SETTINGS = [
    "--lr",
    "0.003",
    "--precision",
    "fp32",
    "--max-length",
    "32",
    "--batch-size",
    "4",
    "--checkpoint-seconds",
    "0.1",
]


@pytest.fixture(scope="module")
def nodes():
    nodes = Nodes(TOKEN)
    try:
        nodes.start_head(cpus=1)
        nodes.add(cpus=1)
        yield nodes
    finally:
        nodes.end()


@pytest.fixture(scope="module")
def graft(tmp_path_factory, nodes):
    folder = tmp_path_factory.mktemp("cluster")
    graft = Graft(folder / "home")
    graft.env |= {
        "GRAFT_CORES": "1"
    }  # as each worker on the cluster: sums of another order would differ in the last place
    pd.DataFrame(sentences(200), columns=["review", "sentiment"]).to_csv(folder / "reviews.csv", index=False)
    graft.call("data", "add", str(folder / "reviews.csv"), "--name", "tiny")
    graft.call("cluster", "add", nodes.address, "--token-file", str(nodes.token), "--cores", "1")
    wait(
        lambda: len([each for each in graft.call("cluster", "status")["nodes"] if each["alive"]]) == 2,
        60,
        nodes.printed,
    )
    yield graft
    graft.end()
    for process in graft.processes("worker"):
        process.kill()


def train(graft, nodes, tiny_encoder, *more: str) -> str:
    words = ["--dataset", "tiny", "--model", str(tiny_encoder), "--strategy", "full", *SETTINGS, *more]
    return graft.call("train", *words, "--engine", nodes.address, "--no-wait")["run"]


def test_a_study_spreads_over_the_nodes_and_ends_as_undisturbed_though_one_of_them_dies(graft, nodes, tiny_encoder):
    words = ["--dataset", "tiny", "--model", str(tiny_encoder), *SETTINGS, "--epochs", "12", "--seeds", "2"]
    study = graft.call(
        "study", "new", "strategies", *words, "--strategies", "full,bitfit", "--engine", nodes.address, "--no-wait"
    )
    runs = [cell["run"] for cell in study["cells"]]
    assert len(runs) == 4

    def placed():
        told = graft.call("cluster", "status")
        at = {node["id"] for node in told["nodes"] if node["runs"]}
        return len(at) == 2 and told

    told = wait(placed, 300, nodes.printed)
    second = next(node for node in told["nodes"] if not node["head"])
    struck = next(job["run"] for job in told["jobs"] if job["node"] == second["id"])
    assert all(job["node"] or job["waits"] for job in told["jobs"])
    graft.wait_step(struck, 20, seconds=300)
    nodes.kill(nodes.nodes[1])
    wait(lambda: graft.status(struck).get("lost"), 300, lambda: graft.tail(struck))
    told = graft.call("cluster", "status")
    assert [node["alive"] for node in told["nodes"] if node["id"] == second["id"]] == [False]
    nodes.add(cpus=1)
    for run in runs:
        graft.wait_state(run, "finished", seconds=300)
    assert graft.status(struck)["attempt"] == 2
    events = (graft.home / "runs" / struck / "events.jsonl").read_text().splitlines()
    assert any(json.loads(line)["event"] == "resumed" for line in events), "it went on from its checkpoint"
    shown = wait(lambda: (told := graft.call("study", "show", study["study"]))["state"] == "finished" and told, 60)
    assert shown["sentence"]
    config = graft.show(struck)["config"]
    alone = ["--strategy", config["strategy"], "--seed", str(config["seed"]), "--epochs", "12"]
    undisturbed = graft.call("train", "--dataset", "tiny", "--model", str(tiny_encoder), *SETTINGS, *alone)
    assert undisturbed["metrics"] == graft.show(struck)["metrics"]
    tables = [
        pd.read_parquet(graft.home / "runs" / run / "predictions" / "test.parquet")
        for run in (struck, undisturbed["run"])
    ]
    pd.testing.assert_frame_equal(*tables)


def test_a_run_there_is_stopped_with_a_checkpoint_and_goes_on_from_it(graft, nodes, tiny_encoder):
    run = train(graft, nodes, tiny_encoder, "--epochs", "200")
    graft.wait_step(run, 5, seconds=300)
    graft.call("runs", "stop", run)
    graft.wait_state(run, "stopped")
    stopped_at = graft.status(run)["step"]
    assert (graft.home / "runs" / run / "checkpoint").exists()
    graft.call("runs", "resume", run)
    graft.wait_step(run, stopped_at + 5, seconds=300)
    graft.call("runs", "stop", run)
    graft.wait_state(run, "stopped")


def test_another_version_of_the_program_on_the_nodes_is_refused_by_name(graft, nodes, tiny_encoder, tmp_path):
    other = tmp_path / "program"
    other.mkdir()
    for name in ("core", "streamlit_app.py"):
        os.symlink(ROOT / name, other / name)
    (other / "core").unlink()
    shutil.copytree(ROOT / "core", other / "core", ignore=lambda *_: ["__pycache__"])
    (other / "core" / "added.py").write_text('"""A file that the other version has."""\n')
    graft.call(
        "cluster", "add", nodes.address, "--token-file", str(nodes.token), "--cores", "1", "--project", str(other)
    )
    run = train(graft, nodes, tiny_encoder, "--epochs", "1")
    graft.wait_state(run, "failed", "finished")
    assert "of another version" in graft.show(run)["error"]["message"]
    graft.call(
        "cluster",
        "add",
        nodes.address,
        "--token-file",
        str(nodes.token),
        "--cores",
        "1",
        "--project",
        str(tmp_path / "none"),
    )
    run = train(graft, nodes, tiny_encoder, "--epochs", "1")
    graft.wait_state(run, "failed", "finished")
    assert "could not start the worker" in graft.show(run)["error"]["message"]
    graft.call("cluster", "add", nodes.address, "--token-file", str(nodes.token), "--cores", "1")


def test_a_head_that_dies_is_told_and_what_ran_goes_on_when_it_is_back(graft, nodes, tiny_encoder):
    run = train(graft, nodes, tiny_encoder, "--epochs", "60")
    graft.wait_step(run, 10, seconds=300)
    for node in nodes.nodes:
        nodes.kill(node)
    for process in graft.processes("worker"):  # their machines have lost their power
        process.kill()
    told = wait(lambda: graft.show(run)["held_up"] or "", 240)
    assert "does not answer" in told and nodes.address in told
    graft.call("cluster", "status", expect=1)
    step = graft.status(run)["step"]
    nodes.start_head(cpus=1)
    graft.wait_state(run, "finished", seconds=240)
    assert graft.status(run)["attempt"] == 2 and step >= 10
    events = (graft.home / "runs" / run / "events.jsonl").read_text().splitlines()
    assert any(json.loads(line)["event"] == "resumed" for line in events)


def test_one_run_over_two_nodes_learns_as_two_processes_of_one_machine_do(graft, nodes, tiny_encoder):
    nodes.add(cpus=1)
    wait(
        lambda: len([each for each in graft.call("cluster", "status")["nodes"] if each["alive"]]) == 2,
        60,
        nodes.printed,
    )
    words = ["--dataset", "tiny", "--model", str(tiny_encoder), "--strategy", "full", *SETTINGS, "--epochs", "3"]
    words += ["--processes", "2", "--device", "cpu"]
    there = graft.call("train", *words, "--engine", nodes.address)["run"]
    here = graft.call("train", *words)["run"]
    losses = [
        [event["loss"] for line in (graft.home / "runs" / run / "events.jsonl").read_text().splitlines()
         if (event := json.loads(line))["event"] == "evaluated"]
        for run in (there, here)
    ]  # fmt: skip
    assert len(losses[0]) == 3 and losses[0] == pytest.approx(losses[1], rel=1e-3)
    assert graft.show(there)["metrics"] == graft.show(here)["metrics"]
    assert there in (graft.home / "runs" / there / "log.txt").read_text(), "what it prints goes into the run's log"
