"""Memory that runs out in a training: in a batch, in the update, in a validation. A device of the tests has only so much."""

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from core.config import RunConfig
from core.models.classifier import load_classifier
from core.training.encoding import encode
from core.training.events import Evaluated, StepLogged, TrainingDone, Warned
from core.training.job import LabelledRows
from core.training.loop import train
from tests.conftest import sentences
from tests.training.jobs import job_of


class Lacking(TorchFunctionMode):
    """Inside, the calls of ``function`` that ``lacks`` names (by number, from 1) find no memory."""

    def __init__(self, function, lacks):
        super().__init__()
        self.function, self.lacks, self.calls = function, lacks, 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is self.function:
            self.calls += 1
            if self.lacks(self.calls, args):
                raise torch.OutOfMemoryError("CUDA out of memory")
        return function(*args, **(kwargs or {}))


@pytest.fixture
def job(home, tiny_encoder):
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=7)
    texts = sentences(32)
    rows = LabelledRows(
        encode([text for text, _ in texts], classifier.tokenizer, 32),
        np.array([int(label == "pos") for _, label in texts]),
    )
    config = RunConfig("x", epochs=2, batch_size=8, learning_rate=1e-3, dropout="none")
    return job_of(config, classifier.model, rows, rows)


def weights_after(job, mode=None):
    if mode is None:
        return list(train(job)), job.model.state_dict()
    with mode:
        return list(train(job)), job.model.state_dict()


def test_a_batch_that_does_not_fit_is_computed_in_pieces(job):
    lacking = Lacking(torch.nn.functional.embedding, lambda _, args: args[0].shape[0] > 4 and args[0].shape[1] > 1)
    events, _ = weights_after(job, lacking)
    assert [event.message for event in events if isinstance(event, Warned)]
    assert isinstance(events[-1], TrainingDone) and events[-1].step == 8


@pytest.mark.parametrize("lacks", [3, 4, 7])
def test_moments_that_memory_suffices_for_in_part_are_made_anew(job, lacks):
    lacking = Lacking(torch.zeros_like, lambda call, _: call == lacks)
    events, found = weights_after(job, lacking)
    assert lacking.calls > lacks
    assert [event.message for event in events if isinstance(event, Warned)]
    steps = [event.step for event in events if isinstance(event, StepLogged)]
    assert steps == list(range(1, 9))  # the broken step is not counted
    assert all(torch.isfinite(weight).all() for weight in found.values())


def test_a_validation_that_does_not_fit_goes_on_in_smaller_batches(job):
    plain = [event for event in train(job) if isinstance(event, Evaluated)]
    job.model.load_state_dict(load_classifier(job.model.name_or_path, ("neg", "pos"), seed=7).model.state_dict())
    lacking = Lacking(
        torch.nn.functional.embedding, lambda _, args: torch.is_inference_mode_enabled() and args[0].shape[0] > 4
    )
    with lacking:
        events = [event for event in train(job) if isinstance(event, Evaluated)]
    assert lacking.calls > 0
    assert [each.scores["loss"] for each in events] == pytest.approx([each.scores["loss"] for each in plain], abs=1e-4)
