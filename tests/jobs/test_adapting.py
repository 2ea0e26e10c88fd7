"""Runs whose source reads texts without labels first."""

import numpy as np
import pytest

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import ConfigError, DatasetError
from core.jobs.phases.adapting import KIND, STOPPED
from core.jobs.phases.unlabelled import unlabelled_texts
from core.jobs.queue import check
from core.jobs.worker import work
from core.models.classifier import load_saved
from core.runs.folder import create_run
from core.training.estimate import estimate
from tests.conftest import sentences


def config(dataset, encoder, **settings):
    settings = {"adapt": "own", "adapt_epochs": 2, "epochs": 1, "learning_rate": 0.003, "max_length": 32} | settings
    return RunConfig(dataset.id, str(encoder), **settings)


@pytest.fixture
def plain(home, tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("\n".join(text for text, _ in sentences(50, seed=8)))
    return add_dataset(path)[0]


def test_all_training_texts_are_read_also_those_that_no_label_is_taken_of(dataset, plain, tiny_encoder):
    own = unlabelled_texts(config(dataset, tiny_encoder, train_size=8), "own")
    assert own == dataset.part("train")["text"].tolist()
    assert len(unlabelled_texts(config(dataset, tiny_encoder), plain.id)) == 50


@pytest.mark.slow
def test_a_run_reads_first_and_the_next_takes_what_was_read(dataset, tiny_encoder):
    run = create_run(config(dataset, tiny_encoder))
    assert work(run.path) == 0, run.status
    told = run.result["adapted"]
    assert (
        told["loss_after"] < told["loss_before"]
        and told["fresh_head"]
        and told["from"] == "own"
        and told["epochs"] == 2
    )
    assert told["texts"] + told["judged_by"] == dataset.size("train") and not (run.path / STOPPED).exists()
    assert len(run.events("adapted")) == 2 and run.result["seconds"] > told["seconds"] > 0
    again = create_run(config(dataset, tiny_encoder, strategy="linear_probe", epochs=None, learning_rate=None))
    assert work(again.path) == 0 and again.result["adapted"] == told and not again.events("adapted")
    bare = create_run(
        config(dataset, tiny_encoder, strategy="linear_probe", epochs=None, learning_rate=None, adapt="none")
    )
    assert work(bare.path) == 0 and bare.result["adapted"] is None
    first, second = (load_saved(one.model).model.base_model.state_dict() for one in (again, bare))
    moved = [name for name in first if not np.array_equal(first[name], second[name])]
    assert moved and not any("word_embeddings" in name for name in moved)


@pytest.mark.slow
def test_a_reading_that_is_stopped_goes_on_exactly(dataset, tiny_encoder, monkeypatch):
    whole = create_run(config(dataset, tiny_encoder, checkpoint_seconds=0))
    assert work(whole.path) == 0
    for entry in ArrayCache(KIND).folder.iterdir():
        ArrayCache(KIND).drop(entry.name)
    run = create_run(config(dataset, tiny_encoder, checkpoint_seconds=0))
    asked = iter(range(10**6))
    with monkeypatch.context() as patched:
        patched.setattr("core.jobs.stopping.StopAsked.__call__", lambda self: next(asked) > 9)
        assert work(run.path) == 0 and run.state == "stopped" and (run.path / STOPPED / "state.pt").exists()
    run.write_status(state="queued")
    assert work(run.path) == 0 and run.state == "finished"
    told = [{name: value for name, value in one.result["adapted"].items() if name != "seconds"} for one in (whole, run)]
    assert told[0] == told[1] and run.result["metrics"] == whole.result["metrics"]


def test_what_does_not_go_together_is_told(dataset, tiny_encoder):
    for settings in ({"strategy": "tfidf"}, {"strategy": "scratch"}, {"keep": "l2sp"}, {"processes": 2}, {"adapt": ""}):
        with pytest.raises(ConfigError):
            config(dataset, tiny_encoder, **settings)
    with pytest.raises(DatasetError):
        check(config(dataset, tiny_encoder, adapt="gone-12345678"))


def test_the_estimate_counts_the_reading(dataset, tiny_encoder):
    from core.models.shape import shape_of

    counts = {"train": 2000, "validation": 100, "test": 100}
    lengths, shape = np.full(50, 20), shape_of(str(tiny_encoder))
    plain, read = (
        estimate(config(dataset, tiny_encoder, adapt=adapt, train_size=50), counts, lengths, shape).seconds
        for adapt in ("none", "own")
    )
    assert read > plain
