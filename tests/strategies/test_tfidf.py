"""Counted words as a run: no source, the figures of the baseline, and a model that any page and command can use."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import RunError, SourceError
from core.jobs.worker import work
from core.models.sources import check_source, list_sources
from core.results.answerer import load_model
from core.results.baseline_cache import cached_baselines, counted_words_of
from core.results.counted_predictor import ARRAYS, DESCRIBED, CountedPredictor
from core.results.predict import predict_file
from core.results.predictor import Predictor
from core.runs.folder import create_run, default_name
from core.strategies.registry import STRATEGIES
from core.tasks import task_of
from core.transfer.retention import retention
from tests.conftest import sentences

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
GONE = "nobody/has-this-model"  # a source that would be looked up in vain
KINDS = ["single_label", "multi_label", "regression", "pairs", "unspaced"]


def frame_of(kind: str) -> pd.DataFrame:
    """Texts whose words decide the answer."""
    rows = sentences(160)
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    if kind == "multi_label":
        labels = ["|".join([label, *(each for each in ("film", "meal") if each in text)]) for text, label in rows]
    if kind == "regression":
        labels = [1990.5 + 8 * (label == "pos") + text.count("book") for text, label in rows]
    if kind == "unspaced":
        said = {"pos": "这部电影非常好看我们都很喜欢", "neg": "这部电影实在难看我们都不喜欢"}
        texts = [f"{said[label]}{number}" for number, label in enumerate(labels)]
    frame = pd.DataFrame({"text": texts, "score" if kind == "regression" else "label": labels})
    if kind == "pairs":
        frame["label"] = np.resize(["same", "other", "third"], len(frame))
        frame.insert(1, "text_pair", [f"{label} thing number {at}" for at, label in enumerate(frame["label"])])
    return frame


@pytest.fixture
def stored(home, tmp_path):
    def store(kind: str):
        path = tmp_path / f"{kind}.csv"
        frame_of(kind).to_csv(path, index=False)
        return add_dataset(path)[0], path

    return store


def counted(dataset, **settings):
    run = create_run(RunConfig(dataset.id, strategy="tfidf", model=GONE, **settings))
    work(run.path)
    assert run.state == "finished", run.log_tail()
    return run


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_has_the_figures_of_the_baseline_beside_any_other_run(stored, kind):
    dataset, _ = stored(kind)
    assert (dataset.text_pair is not None) == (kind == "pairs")
    run = counted(dataset)
    frame = dataset.frame()
    parts = {name: frame[frame["split"] == name] for name in ("train", "validation", "test")}
    (_, (words, _)) = cached_baselines(dataset, parts["train"], parts["test"], run.config.seed, parts["validation"])
    table = run.read_predictions("test").set_index("row").loc[parts["test"]["row"]]
    if kind == "regression":
        assert np.allclose(table["prediction"], words.outputs, atol=1e-9)
    else:
        told = table[[f"p.{label}" for label in dataset.labels]].to_numpy()
        assert np.allclose(told, words.outputs, atol=1e-6)
    if kind == "multi_label":
        assert run.result["thresholds"] == words.thresholds.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_was_saved_answers_the_same(stored, kind):
    dataset, path = stored(kind)
    run = counted(dataset)
    model, learnt = load_model(run), counted_words_of(run.config)
    assert isinstance(model, CountedPredictor) and model.labels == dataset.labels
    assert model.task == task_of(dataset.task)
    texts = ["the lovely film 12", "", "nothing that was ever seen", "电影好看"]
    pairs = ["same thing"] * len(texts) if kind == "pairs" else None
    whole = texts if pairs is None else [f"{text} \n same thing" for text in texts]
    assert np.allclose(model.predict(texts, pairs), learnt(whole), atol=1e-9, rtol=0)
    assert len(model.predict([])) == 0
    scored = predict_file(run, path, path.with_name("out.csv"))
    assert scored.frame["prediction"].notna().all()


def test_only_the_trivial_baseline_stands_beside_it(dataset):
    result = counted(dataset).result
    assert [line["name"] for line in result["baselines"]] == ["majority"]
    assert result["verdict"]["against"] == "majority" and "transfer" not in result["verdict"]["sentence"].lower()
    assert result["parameters"]["total"] > 0 and result["layers"] is None and result["names_left_out"] == ""
