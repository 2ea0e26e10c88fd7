"""Several labels and scores go the whole way: file, run, saved checkpoint, prediction, comparison, pages."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import ConfigError
from core.jobs.queue import submit
from core.jobs.worker import work
from core.results.compare import compare_runs
from core.results.predict import predict_file
from core.results.predictor import Predictor
from core.runs.folder import create_run
from core.strategies.registry import STRATEGIES
from core.training.encoding import encode
from core.training.scoring import score
from core.transfer.retention import retention
from tests.app.test_pages import open_page, said
from tests.conftest import sentences

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore::DeprecationWarning")]
EVERY_TASK = [name for name, strategy in STRATEGIES.items() if strategy.only_for is None and strategy.teacher.encodes]


def frame_of(task: str) -> pd.DataFrame:
    """Texts whose words decide the answer."""
    rows = sentences(160)
    texts = [text for text, _ in rows]
    if task == "regression":
        answers = [1990.5 + 8 * (label == "pos") + text.count("book") for text, label in rows]
    else:
        answers = ["|".join([label, *(each for each in ("film", "meal") if each in text)]) for text, label in rows]
    return pd.DataFrame({"review": texts, "score" if task == "regression" else "labels": answers})


def stored(tmp_path, task: str):
    path = tmp_path / f"{task}.csv"
    frame_of(task).to_csv(path, index=False)
    return add_dataset(path)[0], path


def finished(dataset, encoder, strategy: str, **settings):
    config = {
        "epochs": 1,
        "learning_rate": 3e-3,
        "batch_size": 16,
        "top_layers": 1,
        "max_length": 32,
        "precision": "fp32",
    }
    run = create_run(RunConfig(dataset.id, str(encoder), strategy=strategy, **config | settings), strategy)
    work(run.path)
    assert run.state == "finished", run.log_tail()
    return run


@pytest.mark.parametrize("task", ["multi_label", "regression"])
def test_the_whole_way(home, tmp_path, tiny_encoder, task):
    dataset, path = stored(tmp_path, task)
    assert dataset.task == task
    first = finished(dataset, tiny_encoder, "full", epochs=6)
    second = finished(dataset, tiny_encoder, "linear_probe")
    _the_result_stands_beside_its_baselines(first, task)
    _the_saved_model_is_a_plain_checkpoint(first, dataset, task)
    _files_are_scored_as_the_test_rows_were(first, path, tmp_path)
    _pages_show_it(first, second, task)
    told = compare_runs([first, second])
    assert told.same_rows and set(told.differences) >= {"strategy"}
    tested = {"multi_label": ["micro_f1", "macro_f1"], "regression": ["rmse", "mae"]}[task]
    assert [test["metric"] for test in told.tests] == tested
    assert {"source_before", "source_after", "target"} <= set(retention(first))
    again = finished(dataset, f"run:{first.id}", "full")
    assert again.result


def _the_result_stands_beside_its_baselines(run, task):
    result = run.result
    json.dumps(result, allow_nan=False)
    names = {"multi_label": ["frequent_set", "tfidf_labels"], "regression": ["mean", "tfidf_score"]}[task]
    assert [each["name"] for each in result["baselines"]] == names and result["task"] == task
    headline = {"multi_label": "micro_f1", "regression": "rmse"}[task]
    low, high = result["intervals"][headline]
    assert low <= result["metrics"][headline] <= high and result["verdict"]["metric"] == headline
    assert result["validation"][headline] > 0
    if task == "regression":
        assert result["metrics"]["rmse"] < result["baselines"][0]["metrics"]["rmse"]


def _the_saved_model_is_a_plain_checkpoint(run, dataset, task):
    plain, loading = AutoModelForSequenceClassification.from_pretrained(run.model, output_loading_info=True)
    assert not loading["missing_keys"] and not loading["unexpected_keys"]
    problem = {"multi_label": "multi_label_classification", "regression": "regression"}[task]
    assert plain.config.problem_type == problem
    assert tuple(plain.config.id2label.values()) == dataset.labels
    predictor = Predictor.load(run, "cpu")
    table = pd.read_parquet(run.predictions("test"))
    encoded = encode(table["text"].tolist(), predictor.classifier.tokenizer, 32)
    logits = score(plain.eval(), encoded, "cpu", False)
    outputs = predictor.predict(table["text"].tolist())
    if task == "regression":
        assert logits[:, 0] == pytest.approx(outputs, abs=1e-3)
        assert outputs == pytest.approx(table["prediction"].to_numpy(), abs=1e-2)
        return
    assert torch.sigmoid(torch.tensor(logits)).numpy() == pytest.approx(outputs, abs=1e-5)
    assert plain.config.graft_thresholds == pytest.approx(run.result["thresholds"])
    assert predictor.answers(outputs).tolist() == table["prediction"].tolist()
    whole = (table["label"] == table["prediction"]).to_numpy()
    assert (whole == table["correct"]).all()


def _files_are_scored_as_the_test_rows_were(run, path, tmp_path):
    out = tmp_path / "out.csv"
    assert len(predict_file(run, path, out).frame) == 160
    scored = pd.read_csv(out, keep_default_na=False)
    judged = pd.read_parquet(run.predictions("test"))
    same = scored.iloc[judged["row"]]["prediction"].to_numpy()
    if judged["prediction"].dtype.kind == "f":
        assert same.astype(float) == pytest.approx(judged["prediction"].to_numpy(), abs=1e-2)
        return
    assert same.tolist() == judged["prediction"].tolist()
    assert {"confidence", "p.film", "p.neg"} <= set(scored)


def _pages_show_it(first, second, task):
    page = open_page("results", run=first.id)
    words = {"multi_label": "Each label has its own threshold", "regression": "Off by"}[task]
    assert words in said(page)
    assert "Is the difference real?" in said(open_page("results", runs=f"{first.id},{second.id}"))
    assert "rows" in said(open_page("data", dataset=first.config.dataset))
    page = open_page("results", run=first.id, tab="Try it")
    page.text_area(key="try_text").input("the lovely film book 12")
    next(each for each in page.button if each.label == "Answer").click().run()
    assert not page.exception
    assert {"multi_label": "The model gives", "regression": "as score"}[task] in said(page)
    page = open_page("results", run=first.id, tab="Mistakes")
    if task == "multi_label":
        page.selectbox(key="filter_which").set_value("missed").run()
        assert not page.exception and "missed" in said(page)
    else:
        page.selectbox(key="error_order").set_value("most too low first").run()
        assert not page.exception and "off by" in said(page)
    page = open_page("train", dataset=first.config.dataset)
    shown = {each.key for each in page.number_input}
    assert ("label_smoothing_balanced" in shown) == (task == "multi_label")


@pytest.mark.parametrize("task", ["multi_label", "regression"])
def test_every_strategy_learns_every_task(home, tmp_path, tiny_encoder, task):
    dataset, _ = stored(tmp_path, task)
    for strategy in EVERY_TASK:
        run = finished(dataset, tiny_encoder, strategy)
        plain = AutoModelForSequenceClassification.from_pretrained(run.model)
        assert plain.config.num_labels == len(dataset.labels), strategy
        assert np.isfinite(run.result["metrics"]["loss"]), strategy


def test_settings_without_a_meaning_are_refused_before_anything_is_queued(home, tmp_path):
    dataset, _ = stored(tmp_path, "regression")
    with pytest.raises(ConfigError, match="label_smoothing is"):
        submit(RunConfig(dataset.id, label_smoothing=0.1))
    assert not list((home / "runs").glob("2*"))


def test_flags_are_weighed_and_focused_without_trouble(home, tmp_path, tiny_encoder):
    dataset, _ = stored(tmp_path, "multi_label")
    run = finished(dataset, tiny_encoder, "full", class_weights=True, focal_gamma=2.0, label_smoothing=0.1)
    assert run.result["metrics"]["micro_f1"] >= 0
