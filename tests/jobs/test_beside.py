"""Runs on several sets that are learnt at once: one training for all, whichever of them comes first."""

import numpy as np
import pytest

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.errors import ConfigError
from core.jobs.phases.beside import KIND
from core.jobs.queue import check
from core.jobs.worker import work
from core.models.classifier import load_saved
from core.models.mixing import encoder_weights
from core.runs.folder import create_run
from tests.conftest import sentences


@pytest.fixture
def scores(home, tmp_path):
    path = tmp_path / "stars.csv"
    rows = [
        f"{text},{(4.5 if label == 'pos' else 1.5) + number % 7 / 10}"
        for number, (text, label) in enumerate(sentences(60, seed=9))
    ]
    path.write_text("\n".join(["text,stars", *rows]) + "\n")
    return add_dataset(path)[0]


def config(dataset, other, encoder, **settings):
    settings = {"epochs": 2, "learning_rate": 0.003, "max_length": 32} | settings
    return RunConfig(dataset.id, str(encoder), beside=other.id, **settings)


def finished(dataset, other, encoder, **settings):
    run = create_run(config(dataset, other, encoder, **settings))
    assert work(run.path) == 0, run.status
    return run


@pytest.mark.slow
def test_the_first_run_trains_for_both_and_either_may_be_the_first(dataset, scores, tiny_encoder):
    one, two = finished(dataset, scores, tiny_encoder), finished(scores, dataset, tiny_encoder)
    assert one.result["joint"]["run"] == two.result["joint"]["run"] == one.id
    assert one.result["task"] == "single_label" and two.result["task"] == "regression"
    assert one.result["seconds"] == two.result["seconds"] and one.result["total_seconds"] != two.result["total_seconds"]
    assert any("taken from there" in event["message"] for event in two.events("warning"))
    curve = two.events("evaluated")
    assert (
        [event["epoch"] for event in curve] == [1.0, 2.0]
        and "rmse" in curve[0]
        and set(curve[0]["tasks"]) == {dataset.id, scores.id}
    )
    assert two.result["validation"]["rmse"] == max(curve, key=lambda event: event["best"] * event["step"])["rmse"]
    shared = [encoder_weights(load_saved(run.model).model) for run in (one, two)]
    assert all((shared[0][name] == shared[1][name]).all() for name in shared[0])

    ArrayCache(KIND).drop(next(ArrayCache(KIND).folder.iterdir()).name)
    again = finished(scores, dataset, tiny_encoder)  # now it is the one that trains
    assert again.result["joint"]["run"] == again.id and again.result["metrics"] == two.result["metrics"]
    assert not list(again.path.glob("checkpoint*"))


@pytest.mark.slow
def test_other_rows_or_settings_are_another_training_and_a_damaged_one_is_done_anew(dataset, scores, tiny_encoder):
    finished(dataset, scores, tiny_encoder)
    other = finished(scores, dataset, tiny_encoder, seed=7)
    assert other.result["joint"]["run"] == other.id
    for entry in ArrayCache(KIND).folder.iterdir():
        array = next(entry.glob("*word_embeddings*"))
        array.write_bytes(array.read_bytes()[:-100])
    again = finished(scores, dataset, tiny_encoder)
    assert again.result["joint"]["run"] == again.id and np.isfinite(again.result["metrics"]["rmse"])


def test_what_cannot_be_learnt_beside_others_is_told_before_it_is_queued(dataset, scores, home, tmp_path, tiny_encoder):
    path = tmp_path / "plain.txt"
    path.write_text("\n".join(text for text, _ in sentences(30)))
    plain = add_dataset(path)[0]
    with pytest.raises(ConfigError, match="'plain' has no labels"):
        check(config(dataset, plain, tiny_encoder))
    for wrong in (dataset.id, f"{scores.id}|{scores.id}"):
        with pytest.raises(ConfigError, match="Name each set once"):
            RunConfig(dataset.id, beside=wrong)
    for settings in (
        {"strategy": "linear_probe"},
        {"strategy": "lora"},
        {"keep": "l2sp"},
        {"processes": 2},
        {"average_best": 3},
    ):
        with pytest.raises(ConfigError):
            config(dataset, scores, tiny_encoder, **settings)


def test_two_versions_of_one_set_are_not_learnt_at_once(dataset, tiny_encoder):
    version = make_version(dataset, "drop", {"rows": [int(dataset.frame()["row"].iloc[0])]})
    with pytest.raises(ConfigError, match="versions of one"):
        check(config(dataset, version, tiny_encoder))


@pytest.mark.slow
def test_judged_texts_that_another_set_teaches_are_told(dataset, home, tmp_path, tiny_encoder):
    judged = dataset.part("test")["text"].tolist()
    path = tmp_path / "twin.csv"
    rows = [f"{text},{number % 2},train" for number, text in enumerate(judged)] + [
        f"{text},0,dev" for text, _ in sentences(9, seed=6)
    ]
    path.write_text("\n".join(["text,label,split", *rows, *(f"{text},1,test" for text, _ in sentences(9, seed=7))]))
    twin = add_dataset(path)[0]
    run = finished(dataset, twin, tiny_encoder, epochs=1)
    said = [event["message"] for event in run.events("warning")]
    assert any("of the texts that judge this run are among the training texts of 'twin'" in one for one in said)


def test_the_order_of_the_sets_is_one_whatever_the_run_is_about():
    a, b = RunConfig("b", beside="c|a"), RunConfig("c", beside="a|b")
    assert a.tasks == b.tasks == ("a", "b", "c") and RunConfig("b").tasks == ()
