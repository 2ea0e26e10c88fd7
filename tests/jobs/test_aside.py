"""The best weights are written beside the training: whole, in time, and with whatever goes wrong there told."""

import threading

import pytest
import torch

from core.config import RunConfig
from core.errors import StorageError
from core.jobs.aside import Aside
from core.jobs.recorder import RunRecorder
from core.jobs.reporter import Silent
from core.runs.folder import create_run
from core.training import checkpoints
from core.training.events import CheckpointDue, Improved, Progress


def test_work_goes_on_beside_and_ends_with_its_context():
    gate, done = threading.Event(), []
    with Aside("test") as aside:
        aside.begin(lambda: done.append(gate.wait(10)))
        assert not done
        gate.set()
    assert done == [True]


def test_one_piece_of_work_waits_for_the_one_before():
    done = []
    with Aside("test") as aside:
        for number in range(5):
            aside.begin(lambda number=number: done.append(number))
    assert done == list(range(5))


def fails():
    raise StorageError("The disk is full.", "Make room.")


def test_what_goes_wrong_aside_is_told_once_to_who_waits():
    with Aside("test") as aside:
        aside.begin(fails)
        with pytest.raises(StorageError, match="full"):
            aside.wait()
        aside.wait()
    with pytest.raises(StorageError, match="full"), Aside("test") as aside:
        aside.begin(fails)


def test_a_training_that_failed_itself_is_what_is_told(caplog):
    with pytest.raises(ValueError, match="training"), Aside("test") as aside:
        aside.begin(fails)
        raise ValueError("the training failed")
    assert "The disk is full" in caplog.text


@pytest.fixture
def recorder(home):
    run = create_run(RunConfig("x"), "a run")
    recorder = RunRecorder(run, Silent(run))
    yield recorder
    recorder.aside.wait()


@pytest.mark.parametrize(
    "event",
    [Progress("validating", 0, 10), CheckpointDue(4, lambda: {"numbers": {"step": 4}})],
    ids=["the next validation", "a checkpoint"],
)
def test_the_best_weights_are_on_disk_before(recorder, monkeypatch, event):
    save, gate, weights = checkpoints.save_weights, threading.Event(), {"w": torch.arange(3.0)}
    monkeypatch.setattr(checkpoints, "save_weights", lambda *given: (gate.wait(10), save(*given)))
    recorder.record(Improved(3, weights))
    assert checkpoints.load_weights(recorder.run.best) is None  # the training goes on meanwhile
    threading.Timer(0.1, gate.set).start()
    recorder.record(event)
    assert torch.equal(checkpoints.load_weights(recorder.run.best)["w"], weights["w"])


def test_a_disk_that_takes_no_weights_fails_the_run(recorder, monkeypatch):
    monkeypatch.setattr(checkpoints, "save_weights", lambda *_: fails())
    recorder.record(Improved(3, {}))
    with pytest.raises(StorageError, match="full"):
        recorder.record(CheckpointDue(4, lambda: {"numbers": {"step": 4}}))
    assert not (recorder.run.checkpoint / checkpoints.STATE).exists()  # no state counts on weights that are not there
