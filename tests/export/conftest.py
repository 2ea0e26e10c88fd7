"""Small real runs of each kind of task, made without a training: their model has random weights, their result is true."""

import time

import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.evaluation.prediction_table import prediction_table
from core.evaluation.result import build_result
from core.models.classifier import load_classifier
from core.results.baseline_cache import cached_baselines
from core.results.predictor import Predictor
from core.runs.folder import create_run
from core.tasks import encode_targets, task_of
from tests.conftest import sentences
from tests.run_results import FACTS

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}</script></style>"
KINDS = ("single", "several", "scores", "pairs")


def _rows(kind: str, mark: str) -> pd.DataFrame:
    frame = pd.DataFrame(sentences(90, seed=3), columns=["text", "label"])
    frame["text"] += f" {mark}" if mark else ""
    frame["label"] += f" {mark}" if mark else ""
    if kind == "several":
        frame["label"] = [
            f"{label}|long" if len(text) > 60 else label
            for text, label in zip(frame["text"], frame["label"], strict=True)
        ]
    if kind == "scores":
        frame["label"] = [len(text) / 10 for text in frame["text"]]
    if kind == "pairs":
        frame["second"] = frame["text"].iloc[::-1].to_list()
    return frame


def finished_run(folder, encoder, kind="single", mark="", seed=0, name=None, pooling="auto", **settings):
    """A finished run on a set of its own in the current workspace; ``settings`` are those of its config."""
    path = folder / f"{kind}.parquet"
    _rows(kind, mark).to_parquet(path)
    options = {
        "several": {"task": "multi_label", "separator": "|"},
        "scores": {"task": "regression"},
        "pairs": {"text_pair": "second"},
    }
    dataset = add_dataset(
        path, name=f"set {mark}" if mark else kind, text="text", label="label", **options.get(kind, {})
    )[0]
    run = create_run(
        RunConfig(dataset.id, model=str(encoder), seed=seed, pooling=pooling, **({"max_length": 32} | settings)),
        name or f"{kind} run {mark}".strip(),
    )
    task = task_of(dataset.task)
    classifier = load_classifier(
        str(encoder), dataset.labels, seed=seed, problem_type=task.problem_type, pooling=pooling
    )
    if task.kind == "multi_label":
        classifier.model.config.graft_thresholds = [0.5] * len(dataset.labels)
    classifier.save(run.model)
    test = dataset.part("test")
    truth = encode_targets(task, test["label"].tolist(), dataset.labels)
    predictor = Predictor.load(run, "cpu")
    pairs = test["text_pair"].tolist() if "text_pair" in test else None
    outputs = predictor.predict(test["text"].tolist(), pairs)
    parts = [dataset.part(part) for part in ("train", "test", "validation")]
    baselines = cached_baselines(dataset, parts[0], parts[1], seed, parts[2])
    result = FACTS | {"labels": list(dataset.labels), "evaluated_of": len(test), "train_rows": dataset.size("train")}
    result |= build_result(truth, outputs, dataset.labels, baselines, task, predictor.thresholds)
    run.predictions("test").parent.mkdir()
    prediction_table(test, truth, outputs, dataset.labels, task, predictor.thresholds).to_parquet(
        run.predictions("test")
    )
    run.write_result(result | {"rows_digest": dataset.id})
    run.write_status(state="finished", progress=1.0, ended_at=time.time())
    return run


@pytest.fixture(params=KINDS)
def run_of_each_kind(request, home, tmp_path, tiny_encoder):
    return request.param, finished_run(tmp_path, tiny_encoder, request.param)


@pytest.fixture
def run(home, tmp_path, tiny_encoder):
    return finished_run(tmp_path, tiny_encoder)


@pytest.fixture
def hostile_run(home, tmp_path, tiny_encoder):
    """Every name and text of it tries to become part of the page."""
    return finished_run(tmp_path, tiny_encoder, mark=HOSTILE)
