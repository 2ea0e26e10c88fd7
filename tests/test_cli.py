"""The command line keeps its contract."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ROOT, sentences
from tests.processes import Graft

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graft(tmp_path_factory):
    graft = Graft(tmp_path_factory.mktemp("cli") / "home")
    yield graft
    graft.end()


@pytest.fixture(scope="module")
def csv(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "reviews.csv"
    pd.DataFrame(sentences(150), columns=["review", "sentiment"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def runs(graft, csv, tiny_encoder):
    """Two finished runs on the same rows."""
    graft.call("data", "add", str(csv), "--name", "tiny reviews")
    words = ["--dataset", "tiny reviews", "--model", str(tiny_encoder), "--epochs", "4", "--lr", "0.003"]
    words += ["--train-size", "80", "--precision", "fp32"]
    return [graft.call("train", *words, "--strategy", strategy) for strategy in ("full", "linear_probe")]


def test_data_add_answers_with_what_it_understood(graft, csv):
    told = graft.call("data", "add", str(csv))
    assert {"dataset", "rows", "skipped_rows", "columns", "text", "label", "task", "encoding", "delimiter", "labels",
            "warnings"} <= set(told)  # fmt: skip
    assert (told["rows"], told["text"], told["label"], told["labels"]) == (150, "review", "sentiment", ["neg", "pos"])
    assert graft.call("data", "add", str(csv))["dataset"] == told["dataset"]


def test_data_check_names_level_message_and_rows(graft, runs):
    checks = graft.call("data", "check", "tiny reviews")["checks"]
    assert checks and all({"name", "level", "message", "rows"} <= set(check) for check in checks)


def test_a_set_is_mended_undone_relabelled_and_exported(graft, tmp_path):
    frame = pd.DataFrame(sentences(150, seed=3), columns=["review", "sentiment"])
    frame.loc[149] = frame.loc[1]
    frame.to_csv(tmp_path / "x.csv", index=False)
    first = graft.call("data", "add", str(tmp_path / "x.csv"))["dataset"]
    mended = graft.call("data", "fix", first, "--check", "duplicates")
    assert mended["parent"] == first and (mended["version"], mended["rows"]) == (2, 149)
    assert graft.call("data", "fix", mended["dataset"], "--undo")["dataset"] == first
    (tmp_path / "rows.csv").write_text("row,label\n0,pos\n2,pos\n")
    again = graft.call("data", "relabel", first, "--file", str(tmp_path / "rows.csv"))
    assert again["change"]["changed_rows"] == 2 and again["rows"] == 150
    told = graft.call("data", "versions", again["dataset"])
    assert [(each["version"], each["rows"]) for each in told["versions"]] == [(1, 150), (2, 150)]
    assert told["test_looks"]["here"] == 0 and "not been looked at" in told["test_looks"]["sentence"]
    out = graft.call("data", "export", again["dataset"], "--format", "csv", "--output", str(tmp_path / "out.csv"))
    table = pd.read_csv(out["output"]).set_index("row")
    assert out["rows"] == len(table) == 150 and table.loc[[0, 2], "label"].tolist() == ["pos", "pos"]


def test_train_answers_with_metrics_and_speed(runs):
    for run in runs:
        assert run["status"] == "finished" and run["seconds"] > 0 and run["tokens_per_second"] > 0
        matrix = np.array(run["metrics"]["confusion"])
        f1 = 2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))
        assert run["metrics"]["accuracy"] == pytest.approx(np.trace(matrix) / matrix.sum())
        assert run["metrics"]["macro_f1"] == pytest.approx(f1.mean()) and matrix.sum() == run["rows"]
        assert (run["split"], run["caveat"], run["headline"]) == ("test", None, "accuracy")
        assert {"majority", "tfidf"} <= set(run["baselines"])
        assert run["train_rows"] == 80


def test_an_uneven_set_without_test_rows_is_judged_by_macro_f1_and_says_what_chose_the_checkpoint(
    graft, tiny_encoder, tmp_path
):
    frame = pd.DataFrame(sentences(160, seed=5), columns=["review", "sentiment"])
    frame = pd.concat([frame[frame["sentiment"] == "pos"], frame[frame["sentiment"] == "neg"].head(40)])
    frame["split"] = np.where(np.arange(len(frame)) % 3 == 0, "validation", "train")
    frame.to_csv(tmp_path / "uneven.csv", index=False)
    dataset = graft.call("data", "add", str(tmp_path / "uneven.csv"), "--split", "split")["dataset"]
    run = graft.call("train", "--dataset", dataset, "--model", str(tiny_encoder), "--epochs", "2", "--lr", "0.003")
    assert (run["split"], run["headline"], run["verdict"]["metric"]) == ("validation", "macro_f1", "macro_f1")
    assert "chosen on these very validation rows" in run["caveat"] and run["caveat"] in run["verdict"]["sentence"]
    assert run["baselines"]["majority"] < 0.5  # macro-F1; its accuracy is that of the larger class


def test_runs_show_and_list_know_the_run(graft, runs):
    shown = graft.call("runs", "show", runs[0]["run"])
    assert {"run", "status", "step", "total_steps", "config", "metrics"} <= set(shown)
    assert shown["step"] == shown["total_steps"] == 20  # 80 rows, batches of 16, 4 epochs
    assert {each["run"] for each in graft.call("runs", "list")["runs"]} >= {run["run"] for run in runs}


def test_the_saved_model_loads_with_transformers_alone_and_agrees(graft, runs, csv, tmp_path):
    out = tmp_path / "out.csv"
    told = graft.call("predict", runs[0]["run"], "--input", str(csv), "--output", str(out))
    assert told["rows"] == 150
    scored = pd.read_csv(out)
    assert scored["review"].tolist() == [text for text, _ in sentences(150)]
    script = (
        "import json,sys,torch\n"
        "from transformers import AutoModelForSequenceClassification as M, AutoTokenizer as T\n"
        "folder, texts = sys.argv[1], json.loads(sys.argv[2])\n"
        "m = M.from_pretrained(folder).eval(); t = T.from_pretrained(folder)\n"
        "b = t(texts, truncation=True, max_length=64, padding=True, return_tensors='pt')\n"
        "p = m(**b).logits.softmax(-1)\n"
        "print(json.dumps([m.config.id2label[i] for i in p.argmax(-1).tolist()] + p.max(-1).values.tolist()))"
    )
    folder = graft.home / "runs" / runs[0]["run"] / "model"
    texts = scored["review"].tolist()[:20]
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), json.dumps(texts)], capture_output=True, text=True, check=True,
        cwd="/", env=graft.env,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    assert found[:20] == scored["prediction"].tolist()[:20]
    assert found[20:] == pytest.approx(scored["confidence"].tolist()[:20], abs=1e-4)


def test_compare_tests_the_same_rows_and_shows_only_what_differs(graft, runs):
    told = graft.call("compare", *(run["run"] for run in runs))
    assert set(told["differences"]) == {"strategy"}
    assert told["same_rows"] and {test["metric"] for test in told["tests"]} == {"accuracy", "macro_f1"}
    for test in told["tests"]:
        assert {"runs", "metric", "difference", "interval", "p", "verdict"} <= set(test)
        assert test["verdict"] in ("real", "not_shown", "too_few_rows")


def test_a_run_can_start_from_an_earlier_one(graft, runs):
    told = graft.call("train", "--dataset", "tiny reviews", "--init-from", runs[0]["run"], "--epochs", "1")
    assert told["status"] == "finished" and told["config"]["model"] == f"run:{runs[0]['run']}"


def test_doctor_says_what_it_runs_on(graft):
    told = graft.call("doctor")
    assert told["device"] and told["checks"] and isinstance(told["ok"], bool)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("data", "add", "/nowhere/file.csv"), "/nowhere/file.csv"),
        (("data", "show", "nothing"), "nothing"),
        (("runs", "show", "nothing"), "nothing"),
        (("train", "--dataset", "nothing"), "nothing"),
        (("compare", "one"), "one"),
    ],
)
def test_a_users_mistake_is_one_message_with_exit_code_1(graft, words, part):
    error = graft.call(*words, expect=1)["error"]
    assert part in error["message"] and error["hint"]


def test_a_bad_setting_is_named(graft, runs):
    error = graft.call("train", "--dataset", "tiny reviews", "--epochs", "0", expect=1)["error"]
    assert error["message"] == "epochs is 0."
    error = graft.call("train", "--dataset", "tiny reviews", "--device", "cuda:9", expect=1)["error"]
    assert "cuda:9" in error["message"]


def test_wrong_usage_is_exit_code_2(graft):
    done = subprocess.run([sys.executable, "-m", "core", "fly"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
