"""Runs that label texts by themselves before they train."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from core import workspace
from core.array_cache import ArrayCache
from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import ConfigError, DatasetError
from core.jobs.phases.choosing import choose_rows
from core.jobs.phases.self_training import KIND, STOPPED, rows_to_label
from core.jobs.queue import check
from core.jobs.worker import work
from core.models.classifier import load_saved
from core.runs.folder import create_run
from core.training.estimate import estimate
from tests.conftest import sentences

CALL = "import sys; from pathlib import Path; from core.jobs.worker import work; work(Path(sys.argv[1]))"


def config(dataset, encoder, **settings):
    settings = {
        "self_train": "own", "train_size": 40, "self_confidence": 0.5,
        "epochs": 12, "batch_size": 8, "learning_rate": 0.003, "max_length": 32,
    } | settings  # fmt: skip
    return RunConfig(dataset.id, str(encoder), **settings)


def finished(dataset, encoder, **settings):
    run = create_run(config(dataset, encoder, **settings))
    assert work(run.path) == 0, run.status
    return run


def same_weights(one, two):
    first, second = (load_saved(run.model).model.state_dict() for run in (one, two))
    return all(np.array_equal(first[name], second[name]) for name in first)


def told_without_time(run):
    told = run.result["self_trained"]
    rounds = [{name: value for name, value in one.items() if name != "seconds"} for one in told["rounds"]]
    return {name: value for name, value in told.items() if name not in ("seconds", "rounds")}, rounds


def forget():
    for entry in ArrayCache(KIND).folder.iterdir():
        ArrayCache(KIND).drop(entry.name)


@pytest.fixture
def plain(home, tmp_path):
    def store(texts):
        path = tmp_path / "plain.txt"
        path.write_text("\n".join(texts))
        return add_dataset(path)[0]

    return store


def test_what_is_labelled_is_neither_learnt_from_nor_measures(dataset, plain, tiny_encoder):
    chosen = choose_rows(config(dataset, tiny_encoder, validation_size=2, test_size=2), lambda _: None)
    own, frame = set(rows_to_label(chosen)["text"]), dataset.frame()
    learnt, train = set(chosen.parts["train"]["text"]), set(frame[frame["split"] == "train"]["text"])
    assert len(learnt) == 40 and own == train - learnt
    fresh = [text for text, _ in sentences(30, seed=8)]
    other = plain(frame["text"].tolist() + fresh + fresh[:5])
    named = choose_rows(
        config(dataset, tiny_encoder, self_train=other.id, validation_size=2, test_size=2), lambda _: None
    )
    assert set(rows_to_label(named)["text"]) == set(fresh) | own, "also those that measure and were not drawn stay away"
    assert len(rows_to_label(named)) == len(set(fresh) | own)


@pytest.mark.slow
def test_the_surest_texts_join_the_training_and_the_run_tells_how_many(dataset, tiny_encoder):
    run = finished(dataset, tiny_encoder)
    told = run.result["self_trained"]
    (first,) = told["rounds"]
    assert told["from"] == "own" and told["texts"] == dataset.size("train") - 40 and first["learnt_from"] == 40
    assert set(first["taken"]) == set(first["sure"]) == {"neg", "pos"} and 0.05 <= first["temperature"] <= 20
    assert 0 < told["taken"] == sum(first["taken"].values()) and abs(first["taken"]["neg"] - first["taken"]["pos"]) <= 1
    assert first["right"] > 0.5 and 0 <= first["validation"]["accuracy"] <= 1
    assert run.result["train_rows"] == 40 and run.result["seconds"] > told["seconds"] > 0
    (started,) = run.events("started")
    assert started["train_rows"] == 40 + told["taken"] and not (run.path / STOPPED).exists()
    assert len(run.events("self_trained")) == 12
    again = finished(dataset, tiny_encoder, test_size=5)
    assert again.result["self_trained"] == told and not again.events("self_trained") and same_weights(run, again)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("strategy", "settings"),
    [("linear_probe", {"epochs": None}), ("lora", {"learning_rate": 0.03}), ("few_shot", {"epochs": 2}), ("lp_ft", {})],
)
def test_any_way_to_transfer_can_label(dataset, tiny_encoder, strategy, settings):
    run = finished(dataset, tiny_encoder, strategy=strategy, **settings)
    told = run.result["self_trained"]
    assert told["taken"] > 0 and run.events("started")[-1]["train_rows"] == 40 + told["taken"]


@pytest.mark.slow
def test_a_second_round_learns_from_what_the_first_labelled_and_epochs_fit_the_rows(dataset, plain, tiny_encoder):
    other = plain([text for text, _ in sentences(300, seed=8)])
    run = finished(
        dataset, tiny_encoder, self_train=other.id, self_rounds=2, epochs=None, strategy="bitfit", self_confidence=0.5, adapt="own",
        adapt_epochs=1,
    )  # fmt: skip
    first, second = run.result["self_trained"]["rounds"]
    assert first["learnt_from"] == 40 and second["learnt_from"] == 40 + sum(first["taken"].values())
    assert first["right"] is None, "nobody knows"
    assert run.result["epochs"] == max(3, min(20, -(-4000 // (40 + sum(second["taken"].values())))))


@pytest.mark.slow
def test_where_no_text_is_sure_enough_the_run_is_the_one_without(dataset, tiny_encoder):
    run = finished(dataset, tiny_encoder, self_confidence=0.9999, epochs=1)
    assert run.result["self_trained"]["taken"] == 0
    assert any("sure enough of none" in event["message"] for event in run.events("warning"))
    assert same_weights(run, finished(dataset, tiny_encoder, self_train="none", epochs=1))


@pytest.mark.slow
@pytest.mark.parametrize("asked_at", [3, 90, 200])
def test_a_run_that_is_stopped_goes_on_exactly(dataset, tiny_encoder, monkeypatch, asked_at):
    settings = {"checkpoint_seconds": 0, "self_rounds": 2, "patience": 9, "average_best": 2}
    whole = finished(dataset, tiny_encoder, **settings)
    forget()
    run = create_run(config(dataset, tiny_encoder, **settings))
    asked = iter(range(10**6))
    with monkeypatch.context() as patched:
        patched.setattr("core.jobs.stopping.StopAsked.__call__", lambda self: next(asked) > asked_at)
        assert work(run.path) == 0 and run.state == "stopped", next(asked)
    run.write_status(state="queued")
    assert work(run.path) == 0 and run.state == "finished"
    assert all(sum(one["taken"].values()) > 0 for one in whole.result["self_trained"]["rounds"])
    assert told_without_time(run) == told_without_time(whole) and run.result["metrics"] == whole.result["metrics"]
    assert same_weights(run, whole)


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_labels_goes_on_exactly(dataset, tiny_encoder):
    settings = {"checkpoint_seconds": 0, "epochs": 60, "batch_size": 4}
    whole = finished(dataset, tiny_encoder, **settings)
    forget()
    run = create_run(config(dataset, tiny_encoder, **settings))
    state = run.path / STOPPED / "1" / "state.pt"
    child = subprocess.Popen([sys.executable, "-c", CALL, str(run.path)], cwd=workspace.PROJECT, env=dict(os.environ))
    end = time.monotonic() + 120
    while not state.exists() and time.monotonic() < end:
        time.sleep(0.02)
    child.kill()
    child.wait()
    assert state.exists() and run.result is None and not any(ArrayCache(KIND).folder.glob("*-1"))
    run.write_status(state="queued")
    assert work(run.path) == 0 and run.state == "finished"
    assert told_without_time(run) == told_without_time(whole) and same_weights(run, whole)


def test_what_does_not_go_together_is_told_with_value_and_remedy(dataset, other, plain, home, tmp_path, tiny_encoder):
    for settings, said in (
        ({"strategy": "tfidf"}, "tfidf"),
        ({"keep": "l2sp"}, "keep is 'l2sp'"),
        ({"processes": 2}, "processes is 2"),
        ({"beside": other.id}, "beside is"),
        ({"read_along": "own"}, "read_along is 'own'"),
        ({"self_train": ""}, "self_train is ''"),
        ({"self_rounds": 0}, "self_rounds is 0"),
        ({"self_confidence": 1.0}, "self_confidence is 1.0"),
    ):
        with pytest.raises(ConfigError) as refused:
            config(dataset, tiny_encoder, **settings)
        assert said in refused.value.message and refused.value.hint
    with pytest.raises(DatasetError):
        check(config(dataset, tiny_encoder, self_train="gone-12345678"))
    with pytest.raises(ConfigError, match="all 84 training rows of 'reviews'") as refused:
        check(config(dataset, tiny_encoder, train_size=None))
    assert "train_size" in refused.value.hint
    known = plain(dataset.frame()["text"].tolist()[:30])
    with pytest.raises(DatasetError, match="no text that is neither learnt from nor measures"):
        rows_to_label(choose_rows(config(dataset, tiny_encoder, self_train=known.id, train_size=None), lambda _: None))


def test_a_set_of_scores_has_nothing_to_label(home, tmp_path, tiny_encoder):
    path = tmp_path / "scores.csv"
    rows = [f"a text about {word} number {n},{n % 7}.5" for n, word in enumerate(["rain", "snow", "wind"] * 30)]
    path.write_text("\n".join(["text,score", *rows]) + "\n")
    with pytest.raises(ConfigError, match="self_train is 'own', and this set's answers are a score"):
        check(config(add_dataset(path)[0], tiny_encoder))


def test_the_estimate_counts_the_rounds(dataset, tiny_encoder):
    from core.models.shape import shape_of

    counts = {"train": 2000, "validation": 100, "test": 100}
    lengths, shape = np.full(50, 20), shape_of(str(tiny_encoder))
    plain, once, twice = (
        estimate(config(dataset, tiny_encoder, **settings), counts, lengths, shape).seconds
        for settings in ({"self_train": "none"}, {}, {"self_rounds": 2})
    )
    assert plain < once < twice
