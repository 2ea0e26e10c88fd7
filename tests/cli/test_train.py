"""Training by command."""

import json

import pandas as pd
import pytest

from core.__main__ import main
from core.jobs.worker import work
from core.runs.folder import get_run, list_runs


@pytest.mark.slow
@pytest.mark.parametrize("waits", [[], ["--no-wait"]])
def test_a_source_that_the_hub_does_not_give_is_refused_in_a_sentence(silent_hub, dataset, capsys, waits):
    code = main(["train", "--dataset", dataset.id, "--model", "someone/a-model", "--json", *waits])
    told = capsys.readouterr()
    assert code != 0 and "does not answer" in told.out + told.err
    assert json.loads(told.out)["error"] and not list_runs()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_counted_words_go_the_whole_way_by_command_and_ask_for_no_source(silent_hub, dataset, capsys, tmp_path):
    def call(*words):
        code = main([*words, "--json"])
        told = capsys.readouterr()
        assert code == 0, told.out + told.err
        return json.loads(told.out)

    asked = ["--strategy", "tfidf", "--model", "someone/a-model", "--no-wait"]
    run = get_run(call("train", "--dataset", dataset.id, *asked)["run"])
    work(run.path)
    told = call("runs", "show", run.id)
    assert told["status"] == "finished" and told["baselines"].keys() == {"majority"}
    assert call("explain", run.id, "--text", "the lovely film")["words"][1]["weight"] != 0
    path = tmp_path / "texts.csv"
    path.write_text("text\nthe lovely film\nthe awful film\n")
    call("predict", run.id, "--input", str(path), "--output", str(tmp_path / "out.csv"))
    assert pd.read_csv(tmp_path / "out.csv")["prediction"].tolist() == ["pos", "neg"]
    call("report", run.id, "--output", str(tmp_path / "r.html"))
    assert "Transfer paid" not in (tmp_path / "r.html").read_text()
    assert main(["train", "--dataset", dataset.id, "--init-from", run.id, "--json"]) == 1
    assert "no encoder to start from" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert main(["lr-range", "--dataset", dataset.id, "--strategy", "tfidf", "--json"]) == 1
    assert "no learning rate" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert not silent_hub, "nobody asked the Hub"
