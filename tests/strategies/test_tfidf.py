"""Counted words as a run: no source, the figures of the baseline, and a model that any page and command can use."""

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import GraftError, RunError, SourceError, StudyError
from core.explain.attribution import explain
from core.explain.training_texts import ask_known
from core.export.report import report
from core.export.report_settings import settings_of
from core.export.report_story import tell
from core.jobs.folds import submit_folds
from core.jobs.queue import submit
from core.jobs.rate_test import measure
from core.jobs.worker import work
from core.models.sources import check_source, list_sources
from core.models.trained import trained_weights
from core.present.serving import open_server
from core.results.answerer import load_model
from core.results.baseline_cache import cached_baselines, counted_words_of
from core.results.compare import compare_runs
from core.results.counted_predictor import ARRAYS, DESCRIBED, CountedPredictor, whole
from core.results.cross_validation import join
from core.results.predict import predict_file
from core.results.predictor import Predictor
from core.runs.folder import create_run, default_name
from core.runs.folds import get_folds
from core.studies.cost import cost_of
from core.studies.kind import Asked
from core.studies.registry import answer_of, start_study
from core.tasks import task_of
from core.training.estimate import estimate_counted
from core.transfer.retention import retention
from tests.conftest import sentences
from tests.damage import JSON_HARMS, harm

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


def test_it_has_no_source_wherever_one_is_named(dataset):
    config = RunConfig(dataset.id, strategy="tfidf", model=GONE)
    assert config.source == "" and config.told()["model"] == "none" and config.to_json()["model"] == GONE
    assert config.changed(strategy="full").source == GONE  # the setting itself is kept
    assert default_name(config).startswith("tfidf on ")
    assert trained_weights(config, 2).why_not
    assert submit(config).state == "queued" and len(submit_folds(config, 2).runs) == 2  # nobody asks for the source


def test_no_run_can_start_from_it_nor_be_asked_what_an_encoder_would_know(dataset):
    run = counted(dataset)
    assert f"run:{run.id}" not in [source.key for source in list_sources()]
    with pytest.raises(SourceError, match="no encoder to start from"):
        check_source(f"run:{run.id}")
    with pytest.raises(SourceError, match="no encoder to start from"):
        submit(RunConfig(dataset.id, model=f"run:{run.id}"))
    with pytest.raises(RunError, match="no source whose ability"):
        retention(run)
    with pytest.raises(RunError, match="no encoder"):
        Predictor.load(run)
    with pytest.raises(SourceError, match="no source that reads"):
        ask_known(run)
    with pytest.raises(GraftError, match="no learning rate to try"):
        measure(run.config)


def test_few_classes_and_rows_without_words_are_answered(home, tmp_path):
    path = tmp_path / "signs.csv"
    rows = [f'"{"! " * (number % 9 + 1)}",{("a", "b")[number % 2]}' for number in range(60)]
    path.write_text("\n".join(["text,label", *rows]) + "\n")
    run = counted(add_dataset(path)[0])
    told = explain(load_model(run), "a word")
    assert not any(word.read for word in told.words) and "every text gets it alike" in told.note
    assert load_model(run).predict(["a word"]).sum() == pytest.approx(1.0)
    assert run.result["parameters"]["total"] == 0


def test_settings_that_mean_nothing_to_it_are_told(dataset):
    run = counted(dataset, class_weights=True, focal_gamma=2.0)
    (warning,) = [event["message"] for event in run.events("warning")]
    assert warning.endswith("class_weights, focal_gamma.")


def test_the_folds_of_a_set_are_joined_beside_the_trivial_baseline(dataset):
    folds = submit_folds(RunConfig(dataset.id, strategy="tfidf"), 3)
    for run in folds.runs.values():
        work(run.path)
    pooled = join(get_folds(folds.id)).pooled
    assert [line["name"] for line in pooled.result["baselines"]] == ["majority"]
    assert pooled.result["rows"] == dataset.rows


def test_it_is_compared_with_a_run_that_has_a_source(dataset, tiny_encoder):
    first = counted(dataset)
    second = create_run(
        RunConfig(dataset.id, str(tiny_encoder), strategy="linear_probe", max_length=32, precision="fp32")
    )
    work(second.path)
    told = compare_runs([first, second])
    assert told.same_rows and told.differences["model"] == {first.id: "none", second.id: str(tiny_encoder)}
    (beside,) = [line for line in second.result["baselines"] if line["name"] == "tfidf"]
    for name in ("accuracy", "macro_f1", "loss"):
        assert first.result["metrics"][name] == pytest.approx(beside["metrics"][name], abs=1e-12)


def test_its_report_claims_no_transfer(home, tmp_path):
    pd.DataFrame(sentences(400), columns=["review", "sentiment"]).to_csv(tmp_path / "many.csv", index=False)
    run = counted(add_dataset(tmp_path / "many.csv")[0])
    assert run.result["verdict"]["better"] and run.result["verdict"]["verdict"] == "real"
    page = report([run])
    assert "made without a pretrained model" in page and "Transfer paid off" not in page and "did not pay" not in page
    story = tell(run)
    assert not story.transferred and ("Source", "none") in settings_of(run)
    answering = open_server(run, "127.0.0.1", 0)
    try:
        assert answering.RequestHandlerClass
    finally:
        answering.server_close()


@pytest.mark.parametrize(
    ("file", "how"),
    [(file, how) for file in (DESCRIBED, ARRAYS) for how in JSON_HARMS]
    + [(ARRAYS, how) for how in ("other weights", "not finite", "code")],
)
def test_a_damaged_model_is_refused_in_a_sentence_and_runs_nothing(dataset, file, how):
    run = counted(dataset)
    path = run.model / file
    if how in ("other weights", "not finite", "code"):
        arrays = dict(np.load(run.model / ARRAYS))
        arrays["weights"] = {
            "other weights": arrays["weights"][:, 1:], "not finite": arrays["weights"] * np.nan,
            "code": np.array([print], dtype=object),
        }[how]  # fmt: skip
        np.savez(run.model / ARRAYS, **arrays)
    else:
        harm(path, how)
    with pytest.raises(RunError, match=r"(cannot be loaded|has no finished model)"):
        load_model(run)


def test_thresholds_are_kept_with_the_model(stored):
    run = counted(stored("multi_label")[0])
    model = load_model(run)
    assert model.thresholds.tolist() == run.result["thresholds"]
    table = run.read_predictions("test")
    assert model.answers(model.predict(table["text"].tolist())).tolist() == table["prediction"].tolist()


def test_what_it_will_take_hangs_on_rows_alone(dataset):
    counts = {"train": 3000, "validation": 100, "test": 100}
    config = RunConfig("x", strategy="tfidf", model=GONE)
    short, long = (estimate_counted(config, counts | {"train": rows}, 2) for rows in (3000, 30_000))
    assert 0 < short.seconds < long.seconds and short.sentence.startswith("Takes about")


def test_a_study_of_strategies_holds_it_and_keeps_the_baselines_of_the_others(dataset, tiny_encoder):
    config = RunConfig(dataset.id, str(tiny_encoder), max_length=32, precision="fp32")
    study = start_study("strategies", config, Asked(seeds=1, strategies=("tfidf", "linear_probe")))
    assert cost_of([cell.plan for cell in study.cells() if not cell.plan.config.source], dataset, {}).seconds > 0
    for cell in study.cells():
        work(cell.run.path)
        assert cell.run.state == "finished", cell.run.log_tail()
    lines = {line.name: line for line in answer_of(study).ways.lines}
    assert not lines["Counted words"].transfers and lines["Linear probe"].transfers
    assert lines["Counted words"].values == pytest.approx(lines["TF-IDF + logistic regression"].values)


def test_a_study_of_sources_refuses_it(dataset):
    with pytest.raises(StudyError, match="takes no source"):
        start_study("sources", RunConfig(dataset.id, strategy="tfidf"))
