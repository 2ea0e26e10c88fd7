"""A model that leaves the house answers as it did here, in a process that has neither torch nor Graft."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import GraftError
from core.export.exporting import Refused, export_run, hand_over, refusal
from core.export.formats import FORMATS, Made
from core.export.measured import judged_rows, lost
from core.jobs.worker import work
from core.results.answerer import load_model
from core.runs.folder import create_run
from tests.conftest import sentences
from tests.export.conftest import finished_run

pytest.importorskip("onnxruntime", reason="ONNX is optional: pip install -r requirements-export.txt")
pytest.importorskip("onnxscript", reason="ONNX is optional: pip install -r requirements-export.txt")

ASK = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers", "core", "sklearn", "scipy", "pandas"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocked())
import json
from pathlib import Path
import graft_model
reader = next(each for name, each in vars(graft_model).items() if name.endswith("Model"))
asked = json.loads(sys.stdin.read())
model = reader(Path("."))
outputs = model.predict(asked["texts"], asked["pairs"])
none = model.predict([], None if asked["pairs"] is None else [])
print(json.dumps({"outputs": outputs.tolist(), "answers": list(model.answers(outputs)), "none": list(none.shape)}))
"""
CASES = {
    "single label, first token": ("single", {"pooling": "cls"}),
    "several labels, windows, mean": ("several", {"truncation": "windows", "max_length": 12, "pooling": "mean"}),
    "pairs, cut": ("pairs", {"max_length": 12}),
    "scores, mean": ("scores", {"pooling": "mean"}),
    "beginning and end": ("single", {"truncation": "head_tail", "max_length": 12}),
}  # fmt: skip


def asked_elsewhere(folder, texts, pairs):
    """Outputs and answers of an export, from a process in which torch, transformers and Graft cannot be imported."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, input=json.dumps({"texts": texts, "pairs": pairs}),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_onnx_answers_alike_where_there_is_no_torch(case, home, tmp_path, tiny_encoder):
    kind, settings = CASES[case]
    run = finished_run(tmp_path, tiny_encoder, kind, **settings)
    measured = export_run(run, "onnx")
    assert measured.equal_answers == 1.0 and measured.max_difference <= 1e-4 and not measured.refused
    assert run.measured("onnx")["metric"] == measured.metric
    hand_over(run, "onnx", tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extractall(tmp_path / "elsewhere")
    (folder,) = (tmp_path / "elsewhere").iterdir()
    table = run.read_predictions("test")
    texts = [*table["text"], "", "Überraschung — 很好", "word " * 90]
    pairs = [*table["text_pair"], "b", "", "long " * 50] if "text_pair" in table else None
    model = load_model(run, "cpu")
    model.known, model.bf16 = None, False
    outputs = model.predict(texts, pairs)
    told = asked_elsewhere(folder, texts, pairs)
    spread = 1.0 if kind != "scores" else float(np.std(table["label"]))
    assert np.abs(np.array(told["outputs"]) - outputs).max() <= 1e-4 * spread
    assert told["none"] == list(model.predict([], None).shape)
    if kind != "scores":
        assert told["answers"] == list(model.answers(outputs))


def test_the_example_runs_as_it_is_handed_on(run):
    export_run(run, "onnx")
    done = subprocess.run(
        [sys.executable, "example.py", "a lovely film", "an awful meal"], cwd=run.export("onnx"), capture_output=True, text=True
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["text"] for line in lines] == ["a lovely film", "an awful meal"], done.stderr
    assert all(line["answer"] in ("neg", "pos") and abs(sum(line["outputs"].values()) - 1) < 1e-3 for line in lines)
    assert len((run.export("onnx") / "example.py").read_text().splitlines()) <= 24


def test_a_checkpoint_is_answered_as_transformers_alone_loads_it(home, tmp_path, tiny_encoder):
    run = finished_run(tmp_path, tiny_encoder, pooling="mean")
    measured = export_run(run, "checkpoint")
    assert measured.max_difference <= 1e-4 and (run.export("checkpoint") / "model.safetensors").is_file()


def test_eight_bits_are_smaller_and_their_loss_is_told(run, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    measured = export_run(run, "onnx-int8", allowed=100)
    assert not list((tmp_path / "here").iterdir())  # quantisers leave their own files where they stand
    assert measured.bytes < 0.5 * measured.bytes_before and 0 < measured.max_difference < 1
    assert measured.machine and set(measured.ms) == {"1", "32"} and all(ms > 0 for ms in measured.ms.values())
    assert run.export("onnx-int8").is_dir() and run.measured("onnx-int8")["refused"] == ""


def test_eight_bits_that_lose_too_much_are_refused_with_the_measurement_and_not_kept(run, monkeypatch):
    export_run(run, "onnx-int8", allowed=100)
    table = run.read_predictions("test")
    table["label"] = table["prediction"]  # truth as the model has it: whatever changes is a loss
    table.to_parquet(run.predictions("test"))
    monkeypatch.setitem(FORMATS, "onnx-int8", replace(FORMATS["onnx-int8"], make=_broken))
    with pytest.raises(Refused, match="loses"):
        export_run(run, "onnx-int8")
    kept = run.measured("onnx-int8")
    assert "loses" in kept["refused"] and kept["equal_answers"] < 1 and not run.export("onnx-int8").exists()


def _broken(run, judged, folder):
    """An export that answers the opposite of what the model does."""
    known = dict(zip(judged.texts, judged.outputs[:, ::-1], strict=True))
    (folder / "model.onnx").write_bytes(b"x")
    yield Made("the opposite", lambda texts, pairs: np.array([known[text] for text in texts]), folder / "model.onnx")


def test_what_is_not_rounded_must_agree(run):
    measured = export_run(run, "onnx")
    judged = judged_rows(run)
    assert refusal(replace(measured, max_difference=2e-4), judged, 0.5, FORMATS["onnx"]).startswith(
        "The export gives other"
    )
    worse = replace(measured, difference=-0.004, verdict="real")
    assert "chance hardly explains" in refusal(worse, judged, 0.5, FORMATS["onnx-int8"])
    assert refusal(replace(worse, verdict="not_shown"), judged, 0.5, FORMATS["onnx-int8"]) == ""
    assert lost(worse, judged) == pytest.approx(0.4)


@pytest.mark.parametrize("pairs", [False, True])
def test_counted_words_leave_as_arrays_and_are_no_network(home, dataset, tmp_path, pairs):
    counted_run = create_run(RunConfig(_pairs(tmp_path) if pairs else dataset.id, strategy="tfidf"))
    work(counted_run.path)
    with pytest.raises(GraftError, match="counts words"):
        export_run(counted_run, "onnx")
    assert export_run(counted_run, "checkpoint").max_difference < 1e-9
    texts = ["a lovely film", "", "nothing known", "AWFUL awful  meal\n"]
    second = ["superb", "", "the film", "x"] if pairs else None
    told = asked_elsewhere(counted_run.export("checkpoint"), texts, second)
    assert np.abs(np.array(told["outputs"]) - load_model(counted_run).predict(texts, second)).max() < 1e-9


def _pairs(folder):
    frame = pd.DataFrame(sentences(120), columns=["text", "label"])
    frame.assign(second=frame["text"].iloc[::-1].to_list()).to_csv(folder / "pairs.csv", index=False)
    return add_dataset(folder / "pairs.csv", text="text", text_pair="second", label="label")[0].id


def test_an_export_goes_nowhere_where_something_stands(run, tmp_path):
    with pytest.raises(GraftError, match="not exported as checkpoint yet"):
        hand_over(run, "checkpoint", tmp_path / "new")
    export_run(run, "checkpoint")
    assert hand_over(run, "checkpoint", tmp_path / "new") > 1000 and (tmp_path / "new" / "config.json").is_file()
    with pytest.raises(GraftError, match="there already"):
        hand_over(run, "checkpoint", tmp_path / "new")


def test_a_run_without_a_result_is_refused(dataset):
    with pytest.raises(GraftError, match="no result yet"):
        export_run(create_run(RunConfig(dataset.id)), "checkpoint")
