"""Numbers that mean nothing end a training at once, with a remedy, and are never kept as the best."""

import numpy as np
import pytest
import torch

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.errors import TrainingError
from core.models.classifier import load_classifier
from core.training.encoding import encode
from core.training.events import Evaluated, Improved, Progress
from core.training.few_shot import few_shot
from core.training.job import LabelledRows
from core.training.loop import train
from core.training.probe import probe
from core.training.scoring import score
from tests.conftest import sentences
from tests.training.jobs import job_of


@pytest.fixture
def job(home, tiny_encoder):
    def make(damage=False, **settings):
        classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=7)
        if damage:
            with torch.no_grad():
                classifier.model.get_parameter("bert.encoder.layer.0.output.dense.weight")[0, 0] = float("nan")
        pairs = sentences(48)
        labels = np.array([label == "pos" for _, label in pairs]).astype(np.int64)
        rows = LabelledRows(encode([text for text, _ in pairs], classifier.tokenizer, 32), labels)
        config = RunConfig("x", **{"epochs": 40, "batch_size": 8} | settings)
        return job_of(config, classifier.model, rows, rows, cache=ArrayCache("features"))

    return make


def test_a_loss_that_becomes_infinite_names_the_step_and_the_remedy(job):
    events = []
    broken = job()
    with pytest.raises(TrainingError, match=r"at step \d+: the training diverged") as error:
        for event in train(broken):
            events.append(event)
            if isinstance(event, Evaluated):  # what a rate beyond all bounds does to the weights
                with torch.no_grad():
                    broken.model.get_parameter("classifier.weight").fill_(float("inf"))
    assert "Lower the learning rate" in error.value.hint
    assert all(
        torch.isfinite(value).all()
        for event in events
        if isinstance(event, Improved)
        for value in event.weights.values()
    )


@pytest.mark.parametrize("teach", [train, few_shot])
def test_damaged_weights_of_a_source_are_told_at_the_first_step(job, teach):
    with pytest.raises(TrainingError, match="at the first step") as error:
        list(teach(job(damage=True)))
    assert "weights are damaged" in error.value.hint


def test_a_probe_of_damaged_weights_is_refused(job):
    with pytest.raises(TrainingError, match="no finite numbers"):
        list(probe(job(damage=True)))


def test_a_model_that_answers_with_nan_gives_an_error_not_a_class(job):
    broken = job(damage=True)
    with pytest.raises(TrainingError, match="answers to some texts are no finite numbers"):
        score(broken.model, broken.training.encoded, "cpu", False)


def test_cached_features_that_were_damaged_are_computed_again(job, home):
    list(probe(job()))
    for path in (home / "cache" / "features").rglob("features.npy"):
        array = np.load(path)
        array[0, :3] = np.nan
        np.save(path, array)
    events = list(probe(job()))
    assert [event for event in events if isinstance(event, Progress) and event.phase == "encoding"]
    assert not [event for event in list(probe(job())) if isinstance(event, Progress)]
