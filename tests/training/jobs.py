"""A training job for tests: on the CPU, in float32, judged as the worker judges."""

import io
from collections.abc import Iterable
from functools import partial
from typing import Any

import torch

from core.evaluation.scores import validate
from core.training.events import CheckpointDue, Event, Improved
from core.training.job import TrainingJob


def job_of(config, model, training, validation, **settings) -> TrainingJob:
    settings = {
        "device": "cpu",
        "bf16": False,
        "validate": partial(validate, model.config, best_by=config.best_by),
    } | settings
    return TrainingJob(config, model, training, validation, **settings)


def written(event: CheckpointDue) -> bytes:
    """The state that it offers, as a worker writes it down before going on."""
    buffer = io.BytesIO()
    torch.save(event.state(), buffer)
    return buffer.getvalue()


def followed(events: Iterable[Event]) -> tuple[list[bytes], list[dict[str, Any]], list[Event]]:
    """A training to its end: its checkpoints as a worker writes them, copies of its best weights, and all other events."""
    checkpoints, best, others = [], [], []
    for event in events:
        if isinstance(event, Improved):
            best.append({name: value.clone() for name, value in event.weights.items()})
        elif isinstance(event, CheckpointDue):
            checkpoints.append(written(event))
        else:
            others.append(event)
    return checkpoints, best, others
