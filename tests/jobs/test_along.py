"""Runs that read texts without labels along."""

import numpy as np
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.errors import ConfigError, DatasetError
from core.jobs.phases.unlabelled import unlabelled_texts
from core.jobs.queue import check
from core.jobs.worker import work
from core.models.classifier import load_saved
from core.runs.folder import create_run
from core.training.estimate import estimate
from tests.conftest import sentences


def config(dataset, encoder, **settings):
    settings = {"read_along": "own", "epochs": 2, "learning_rate": 0.003, "max_length": 32} | settings
    return RunConfig(dataset.id, str(encoder), **settings)


def finished(dataset, encoder, **settings):
    run = create_run(config(dataset, encoder, **settings))
    assert work(run.path) == 0, run.status
    return run


def stored(tmp_path, texts):
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(texts))
    return add_dataset(path)[0]


def test_a_text_that_measures_is_never_read_wherever_it_stands(dataset, home, tmp_path, tiny_encoder):
    frame = dataset.frame()
    measuring = frame[frame["split"] != "train"]["text"].tolist()
    fresh = [text for text, _ in sentences(30, seed=8)]
    other = stored(tmp_path, measuring + fresh)
    asked = config(dataset, tiny_encoder, validation_size=2, test_size=2)
    assert len(other.frame()) == len(measuring) + 30
    assert unlabelled_texts(asked, other.id) == fresh, "also those that were not drawn"
    assert set(unlabelled_texts(asked, "own")) == set(frame[frame["split"] == "train"]["text"])


def test_a_set_of_which_every_text_measures_is_refused_by_name(dataset, home, tmp_path, tiny_encoder):
    frame = dataset.frame()
    other = stored(tmp_path, frame[frame["split"] == "test"]["text"].tolist())
    with pytest.raises(DatasetError, match=r"'texts' has 0 texts .* of it measure this run"):
        unlabelled_texts(config(dataset, tiny_encoder), other.id)


@pytest.mark.slow
def test_a_run_reads_along_and_leaves_a_plain_classifier(dataset, tiny_encoder):
    run = finished(dataset, tiny_encoder)
    told = run.result["along"]
    assert told["texts"] + told["judged_by"] == dataset.size("train") and told["from"] == "own" and told["fresh_head"]
    assert told["loss_after"] < told["loss_before"] and told["share"] == 0.5 and told["rows"] == 16
    assert told["readings"] == pytest.approx(2.2, abs=0.5)
    plain = finished(dataset, tiny_encoder, read_along="none")
    assert plain.result["along"] is None and plain.result["parameters"] == run.result["parameters"]
    first, second = (load_saved(one.model).model.state_dict() for one in (run, plain))
    assert set(first) == set(second) and any(not np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.slow
def test_the_head_that_learnt_before_goes_on(dataset, tiny_encoder):
    run = finished(dataset, tiny_encoder, adapt="own", adapt_epochs=3)
    adapted, along = run.result["adapted"], run.result["along"]
    assert adapted["fresh_head"] and not along["fresh_head"]
    assert along["loss_before"] == pytest.approx(adapted["loss_after"], abs=1e-4)
    assert along["loss_after"] < along["loss_before"]


@pytest.mark.slow
def test_a_run_that_is_stopped_goes_on_exactly(dataset, tiny_encoder, monkeypatch):
    whole = finished(dataset, tiny_encoder, checkpoint_seconds=0, average_best=2)
    run = create_run(config(dataset, tiny_encoder, checkpoint_seconds=0, average_best=2))
    asked = iter(range(10**6))
    with monkeypatch.context() as patched:
        patched.setattr("core.jobs.stopping.StopAsked.__call__", lambda self: next(asked) > 6)
        assert work(run.path) == 0 and run.state == "stopped" and (run.checkpoint / "state.pt").exists()
    assert run.status["step"] > 0
    run.write_status(state="queued")
    assert work(run.path) == 0 and run.state == "finished"
    assert run.result["along"] == whole.result["along"] and run.result["metrics"] == whole.result["metrics"]
    first, second = (load_saved(one.model).model.state_dict() for one in (whole, run))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_what_does_not_go_together_is_told_with_value_and_remedy(dataset, other, tiny_encoder):
    for settings, said in (
        ({"strategy": "tfidf"}, "tfidf"),
        ({"strategy": "scratch"}, "scratch"),
        ({"strategy": "lora"}, "lora"),
        ({"strategy": "lp_ft"}, "lp_ft"),
        ({"keep": "l2sp"}, "keep is 'l2sp'"),
        ({"processes": 2}, "processes is 2"),
        ({"beside": other.id}, "beside is"),
        ({"read_along": ""}, "read_along is ''"),
        ({"read_along_rows": 0}, "read_along_rows is 0"),
    ):
        with pytest.raises(ConfigError) as refused:
            config(dataset, tiny_encoder, **settings)
        assert said in refused.value.message and refused.value.hint
    with pytest.raises(DatasetError):
        check(config(dataset, tiny_encoder, read_along="gone-12345678"))


def test_the_estimate_counts_what_is_read_along(dataset, tiny_encoder):
    from core.models.shape import shape_of

    counts = {"train": 2000, "validation": 100, "test": 100}
    lengths, shape = np.full(50, 20), shape_of(str(tiny_encoder))
    plain, read, more = (
        estimate(config(dataset, tiny_encoder, **settings), counts, lengths, shape).seconds
        for settings in ({"read_along": "none"}, {}, {"read_along_rows": 48})
    )
    assert more - plain == pytest.approx(3 * (read - plain)) and read > plain
