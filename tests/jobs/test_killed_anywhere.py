"""A worker killed at any point of a run, training or after it, loses nothing: the run ends like an unbroken one."""

import hashlib
import os

import pytest

from core.config import RunConfig
from core.jobs import queue
from core.jobs.scheduler import Scheduler
from core.runs.folder import create_run
from tests.nursery import Nursery

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
]

FINISHING = "core.jobs.phases.finishing"
PLACES = [  # in the order in which a run comes by
    ("core.jobs.worker:choose_rows", "before", 1),
    ("core.jobs.phases.preparing:encode_once", "after", 1),
    ("core.jobs.worker:fit", "before", 1),
    ("core.jobs.recorder:RunRecorder.record", "after", 3),
    ("core.training.checkpoints:_link", "before", 1),
    ("core.training.checkpoints:_link", "after", 2),
    ("core.training.checkpoints:save_weights", "before", 1),
    ("core.training.checkpoints:save_weights", "after", 1),
    ("core.jobs.worker:judge", "before", 1),
    ("core.jobs.worker:judge", "after", 1),
    (f"{FINISHING}:cached_baselines", "before", 1),
    (f"{FINISHING}:build_result", "before", 1),
    (f"{FINISHING}:prediction_table", "after", 1),
    ("core.models.classifier:Classifier.save", "before", 1),
    ("core.models.classifier:Classifier.save", "after", 1),
    ("core.workspace:_take_place", "after", 1),
    ("core.workspace:_exchange", "after", 1),  # by now there is a model that the new one takes the place of
    ("core.runs.folder:Run.write_result", "before", 1),
    ("core.runs.folder:Run.write_result", "after", 1),
    ("core.runs.folder:Run.drop_checkpoints", "after", 1),
    ("core.jobs.reporter:Reporter.end", "before", 1),
]


@pytest.fixture
def nursery(home):
    nursery = Nursery()
    yield nursery
    nursery.end()


def outcome(run):
    """What must be equal: scores, losses of the last attempt at each step, and the bytes of the weights."""
    losses = {event["step"]: event["loss"] for event in run.events("step_logged") if "loss" in event}
    weights = hashlib.sha256((run.model / "model.safetensors").read_bytes()).hexdigest()
    return run.result["metrics"], losses, weights


def carry_out(run, nursery, place, when, call):
    """One attempt that dies at a place, and what the next scheduler and a press on Resume make of it."""
    assert nursery.work(run.path, place, when, call) == -9, f"it did not die {when} {place}"
    Scheduler().tick()
    assert run.state == "interrupted", place
    queue.resume(run)


def test_a_run_that_dies_at_each_of_its_points_ends_like_an_unbroken_one(home, dataset, tiny_encoder, nursery):
    config = RunConfig(
        dataset.id,
        model=str(tiny_encoder),
        device="cpu",
        epochs=2,
        batch_size=8,
        learning_rate=5e-4,
        checkpoint_seconds=0.0,  # after each step, on a quick machine too
    )
    unbroken, run = create_run(config), create_run(config)
    assert nursery.work(unbroken.path) == 0
    for place, when, call in PLACES:
        carry_out(run, nursery, place, when, call)
    assert nursery.work(run.path) == 0
    assert run.state == unbroken.state == "finished"
    assert len(list(run.events("attempt"))) == len(PLACES) + 1
    assert outcome(run) == outcome(unbroken)
    left = {path.name for path in run.path.rglob("*") if ".new" in path.name or ".old" in path.name}
    assert not left
    assert not run.checkpoint.exists()
