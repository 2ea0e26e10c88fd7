"""A ladder with real processes: carried out, used again, killed and resumed."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.conftest import sentences
from tests.processes import Graft, wait

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
KEYS = {"name", "accuracy", "macro_f1", "interval", "seconds", "labels_used"}


@pytest.fixture(scope="module")
def graft(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ladder")
    graft = Graft(folder / "home")
    pd.DataFrame(sentences(200), columns=["review", "sentiment"]).to_csv(folder / "reviews.csv", index=False)
    graft.call("data", "add", str(folder / "reviews.csv"), "--name", "tiny")
    yield graft
    graft.end()


@pytest.fixture(scope="module")
def words(tiny_encoder):
    settings = ["--lr", "0.003", "--precision", "fp32", "--max-length", "32", "--batch-size", "8"]
    return ["--dataset", "tiny", "--source", str(tiny_encoder), "--strategy", "full", *settings]


@pytest.fixture(scope="module")
def ladder(graft, words):
    return graft.call("ladder", *words, "--epochs", "4")


def test_three_runs_give_six_rungs_on_the_same_rows_and_a_sentence(graft, ladder):
    assert {"study", "rungs", "transfer_gain", "sentence"} <= set(ladder) and ladder["state"] == "finished"
    rungs = {rung["name"]: rung for rung in ladder["rungs"]}
    assert list(rungs) == ["majority", "names", "tfidf", "scratch", "linear_probe", "full"]
    assert all(set(rung) >= KEYS and rung["interval"] and rung["rows"] == 40 for rung in rungs.values())
    assert rungs["names"]["labels_used"] == 0 and rungs["full"]["labels_used"] == rungs["tfidf"]["labels_used"] == 140
    gain = ladder["transfer_gain"]
    assert gain["of"] == "full" and gain["against"] in ("majority", "tfidf", "scratch")
    assert gain["difference"] == pytest.approx(rungs["full"]["accuracy"] - rungs[gain["against"]]["accuracy"])
    assert ladder["sentence"].startswith("With 140 labelled texts") and ladder["verdict"] == gain["verdict"]


def test_figures_of_the_rungs_are_those_of_predictions_counted_by_hand(graft, ladder):
    runs = {cell["name"]: cell["run"] for cell in ladder["cells"]}
    right = {}
    for name, run in runs.items():
        table = pd.read_parquet(graft.home / "runs" / run / "predictions" / "test.parquet").sort_values("row")
        right[name] = (table["label"] == table["prediction"]).to_numpy()
    rungs = {rung["rung"]: rung for rung in ladder["rungs"]}
    for name in runs:
        assert rungs[name]["accuracy"] == pytest.approx(right[name].mean())
    ahead = rungs["scratch"]["fine_tuning_ahead"]
    assert ahead["difference"] == pytest.approx(float(np.mean(right["fine_tuning"].astype(float) - right["scratch"])))


def test_one_worker_carried_them_out_in_turn_each_as_if_alone(graft, ladder, words, tiny_encoder):
    runs = {cell["name"]: cell["run"] for cell in ladder["cells"]}
    statuses = {name: graft.status(run) for name, run in runs.items()}
    assert len({status["process"]["pid"] for status in statuses.values()}) == 1
    assert (
        statuses["scratch"]["follows"] == runs["linear_probe"] and statuses["fine_tuning"]["follows"] == runs["scratch"]
    )
    log = (graft.home / "runs" / runs["scratch"] / "log.txt").read_text()
    assert runs["scratch"] in log and runs["linear_probe"] not in log
    alone = [word if word != "--source" else "--model" for word in words] + ["--epochs", "4"]
    lone = graft.call("train", *alone)
    shown = graft.show(runs["fine_tuning"])
    assert lone["run"] != shown["run"] and lone["metrics"] == shown["metrics"], (
        "what ran before in the process changes nothing"
    )


def test_asked_again_nothing_is_trained_and_the_answer_is_the_same(graft, ladder, words):
    before = len(graft.call("runs", "list")["runs"])
    again = graft.call("ladder", *words, "--epochs", "4")
    assert again["study"] != ladder["study"] and all(cell["reused"] for cell in again["cells"])
    assert again["sentence"] == ladder["sentence"] and len(graft.call("runs", "list")["runs"]) == before
    assert {each["study"] for each in graft.call("study", "list")["studies"]} >= {ladder["study"], again["study"]}


def test_a_killed_worker_costs_nothing_but_time(graft, words):
    asked = graft.call("ladder", *words, "--epochs", "12", "--seed", "5", "--checkpoint-seconds", "0.1", "--no-wait")
    runs = {cell["name"]: cell["run"] for cell in asked["cells"]}
    graft.wait_step(runs["scratch"], 12)
    graft.kill("worker")
    graft.wait_state(runs["scratch"], "interrupted")
    graft.call("study", "stop", asked["study"])  # the last one would be started by the scheduler

    def standing():
        state = graft.call("study", "show", asked["study"])["state"]
        return state == "stopped" and state

    wait(standing, 120)
    assert graft.call("study", "resume", asked["study"])["state"] in ("queued", "running")
    done = wait(lambda: (told := graft.call("study", "show", asked["study"]))["state"] == "finished" and told, 240)
    assert {cell["name"]: cell["run"] for cell in done["cells"]} == runs and done["sentence"]
    events = (graft.home / "runs" / runs["scratch"] / "events.jsonl").read_text().splitlines()
    assert any(json.loads(line)["event"] == "resumed" for line in events), "it went on from its checkpoint"


def test_what_cannot_be_done_is_said_without_a_traceback(graft, ladder):
    graft.call("study", "stop", ladder["study"], expect=1)
    graft.call("study", "resume", ladder["study"], expect=1)
    graft.call("study", "show", "nothing", expect=1)
    graft.call("ladder", "--dataset", "nothing", expect=1)
