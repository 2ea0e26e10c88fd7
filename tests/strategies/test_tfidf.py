"""Counted words as a run: no source, the figures of the baseline, and a model that any page and command can use."""

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import SourceError
from core.explain.attribution import explain
from core.jobs.worker import work
from core.results.answerer import load_model
from core.results.baseline_cache import cached_baselines, counted_words_of
from core.results.counted_predictor import CountedPredictor, whole
from core.results.predict import predict_file
from core.runs.folder import create_run
from core.tasks import task_of
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


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_an_explanation_add_up_to_the_answer(stored, kind):
    model = load_model(counted(stored(kind)[0]))
    text = "这部电影  好看" if kind == "unspaced" else "İt was The lovely  lovely film, unheard of"
    pair = "other thing" if kind == "pairs" else None
    told = explain(model, text, pair)
    which = model.labels.index(told.target)
    logits = (model.words.counts([whole(text, pair)]) @ model.words.weights.T)[0]
    truth = logits[which]
    if kind == "unspaced":
        truth = logits[which] - logits[1 - which]
    if kind == "single_label":
        truth = 2 * logits[which]
    assert told.exact and sum(word.weight for word in (*told.words, *told.second)) == pytest.approx(truth, abs=1e-9)
    for word in told.words:
        assert text[word.start : word.end] == word.text
    if kind not in ("unspaced",):
        assert [word.text for word in told.words if not word.read] == ["İt", "was", ",", "unheard", "of"]
    assert kind != "pairs" or [word.text for word in told.second] == ["other", "thing"]


def test_a_class_can_be_named_and_another_name_is_refused(dataset):
    model = load_model(counted(dataset))
    one, other = (explain(model, "the lovely film", target=label) for label in ("neg", "pos"))
    assert [word.weight for word in one.words] == pytest.approx([-word.weight for word in other.words])
    with pytest.raises(SourceError, match="no class 'nothing'"):
        explain(model, "the lovely film", target="nothing")
