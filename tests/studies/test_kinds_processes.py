"""Kinds of study with real processes: carried out from the command line, used again, killed and gone on with."""

import time

import pandas as pd
import pytest

from tests.conftest import sentences
from tests.processes import Graft, wait

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def graft(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    graft = Graft(folder / "home")
    pd.DataFrame(sentences(300), columns=["review", "sentiment"]).to_csv(folder / "reviews.csv", index=False)
    graft.call("data", "add", str(folder / "reviews.csv"), "--name", "tiny")
    yield graft
    graft.end()


@pytest.fixture(scope="module")
def words(tiny_encoder):
    settings = ["--lr", "0.003", "--precision", "fp32", "--max-length", "32", "--batch-size", "8", "--epochs", "2"]
    return ["--dataset", "tiny", "--model", str(tiny_encoder), "--strategy", "full", *settings]


def test_a_labels_curve_from_the_command_line_and_the_same_once_more(graft, words):
    asked = ["study", "new", "labels", *words, "--sizes", "4,16", "--seeds", "3", "--strategies", "full,linear_probe"]
    told = graft.call(*asked)
    assert told["state"] == "finished" and told["kind"] == "labels" and len(told["cells"]) == 12
    series = {one["name"]: [point["labels"] for point in one["points"]] for one in told["series"]}
    assert series["full"] == series["linear_probe"] == series["tfidf"] == [8, 32] and series["names"] == [0]
    assert told["sentence"].startswith("With 8 labelled texts to learn from") and len(told["tests"]) == 2
    rows = {cell["config"]["seed"] for cell in told["cells"]}
    assert len(rows) == 3
    again = graft.call(*asked)
    assert all(cell["reused"] for cell in again["cells"]) and again["sentence"] == told["sentence"]


def test_an_option_that_the_kind_does_not_know_is_named(graft, words):
    wrong = graft.call("study", "new", "settings", *words, "--sizes", "4", expect=1)
    assert "--sizes has no meaning" in wrong["error"]["message"]


def test_a_driver_that_is_killed_is_followed_by_another_and_nothing_is_done_twice(graft, words, tiny_encoder):
    told = graft.call(
        "study",
        "new",
        "sources",
        *words,
        "--train-size",
        "40",
        "--seeds",
        "1",
        "--sources",
        f"minilm,{tiny_encoder}",
        "--no-wait",
    )
    study = told["study"]
    wait(lambda: graft.processes("drive"), 60)
    graft.kill("drive")
    ended = wait(lambda: (shown := graft.call("study", "show", study))["state"] == "finished" and shown, 240)
    names = [cell["name"] for cell in ended["cells"]]
    assert len(names) == len(set(names)) == 4 and ended["candidates"][0]["rank"] == 1
    assert {one["predicted"] for one in ended["realised"]} == {1, 2} and "ranked in" in ended["sentence"]


def test_auto_keeps_to_its_time_and_hands_over_a_model_that_answers(graft, words, tmp_path):
    began = time.monotonic()
    told = graft.call(
        "auto",
        "--dataset",
        "tiny",
        "--model",
        words[3],
        "--max-length",
        "32",
        "--minutes",
        "0.6",
        "--sources",
        words[3],
    )
    assert told["state"] == "finished" and told["run"] and told["seconds"] <= 0.6 * 60 * 1.1
    assert time.monotonic() - began < 160
    assert told["tried"][0]["what"] == "Counted words" and told["metrics"]["accuracy"] > 0.6
    (tmp_path / "ask.csv").write_text("text\nthe lovely film story\n")
    scored = graft.call(
        "predict", told["run"], "--input", str(tmp_path / "ask.csv"), "--output", str(tmp_path / "told.csv")
    )
    assert scored["rows"] == 1
