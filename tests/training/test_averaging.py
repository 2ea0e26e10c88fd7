"""The mean of the best checkpoints, kept on disk and used only where it is not worse."""

import io

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.metrics.macro_f1 import macro_f1
from core.models.classifier import load_classifier
from core.models.mixing import mean_weights
from core.training.averaging import averaged
from core.training.checkpoints import CandidateFolder
from core.training.encoding import encode
from core.training.events import Averaged, CheckpointDue, Evaluated, Improved
from core.training.job import LabelledRows
from core.training.loop import train
from core.training.scoring import score
from tests.conftest import sentences
from tests.training.jobs import job_of, written

LABELS = ("neg", "pos")


@pytest.fixture
def setting(home, tiny_encoder):
    def fresh():
        return load_classifier(str(tiny_encoder), LABELS, seed=7).model

    tokenizer = load_classifier(str(tiny_encoder), LABELS, seed=7).tokenizer

    def rows(pairs):
        texts = encode([text for text, _ in pairs], tokenizer, 32)
        return LabelledRows(texts, np.array([LABELS.index(label) for _, label in pairs]))

    config = RunConfig("x", epochs=6, learning_rate=5e-3, batch_size=16, checkpoint_seconds=0, average_best=3)
    return config, fresh, rows(sentences(48)), rows(sentences(40, seed=1))


def run(setting, kept, model=None, **keywords):
    config, fresh, training, validation = setting
    model = model or fresh()
    job = job_of(config, model, training, validation, **keywords)
    events = train(job)
    state, seen = None, []
    for event in averaged(events, job, kept):
        if isinstance(event, CheckpointDue):
            state = written(event)
        seen.append(event)
    return model, seen, state


def test_the_best_validations_are_kept_and_their_mean_is_tried(setting, tmp_path):
    kept = CandidateFolder(tmp_path)
    model, events, _ = run(setting, kept)
    scores = {each.step: each.scores["macro_f1"] for each in events if isinstance(each, Evaluated)}
    wanted = sorted(scores, key=lambda step: (-scores[step], step))[:3]
    assert kept.scores() == {step: scores[step] for step in wanted}
    told = next(each for each in events if isinstance(each, Averaged))
    assert told.steps == tuple(sorted(wanted)) and told.used == (told.after >= told.before)
    mean = mean_weights([kept.get(step) for step in sorted(wanted)])
    expected = mean if told.used else kept.get(wanted[0])
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, expected[name]), name
    validation = setting[3]
    logits = score(model, validation.encoded, "cpu", False)
    reached = macro_f1(validation.labels, logits.argmax(axis=1), logits.shape[1])
    assert reached == pytest.approx(
        told.after if told.used else scores[wanted[0]]
    )  # what the weights reach is what was told


def test_a_mean_that_is_worse_is_not_used(setting, tmp_path):
    kept = CandidateFolder(tmp_path)
    config, fresh, training, validation = setting
    model = fresh()
    job = job_of(config, model, training, validation)
    events = train(job)
    told = None
    for event in averaged(events, job, kept):
        if isinstance(event, Evaluated) and event.step == 18:  # the last: one of the kept is spoilt by hand
            step = next(iter(kept.scores()))
            spoilt = {name: torch.randn_like(value) for name, value in kept.get(step).items()}
            kept.put(step, 9.0, spoilt)
        told = event if isinstance(event, Averaged) else told
    assert told is not None and not told.used and "the best one is kept" in told.sentence
    assert all(weight.isfinite().all() for weight in model.state_dict().values())


@pytest.mark.slow
def test_a_resumed_run_averages_the_same_checkpoints(setting, tmp_path):
    whole, events, _ = run(setting, CandidateFolder(tmp_path / "whole"))
    kept = CandidateFolder(tmp_path / "broken")
    looks = iter(range(1000))
    _, before, state = run(setting, kept, should_stop=lambda: next(looks) >= 11)
    best = [each for each in before if isinstance(each, Improved)][-1].weights
    resume = torch.load(io.BytesIO(state), weights_only=True)
    resumed, after, _ = run(setting, kept, resume=resume, best_weights=best)
    assert 0 < resume["numbers"]["step"] < 18
    assert next(e for e in after if isinstance(e, Averaged)) == next(e for e in events if isinstance(e, Averaged))
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name


def test_the_mean_is_the_mean():
    states = [
        {"w": torch.tensor([1.0, 2.0]), "n": torch.tensor(3)},
        {"w": torch.tensor([3.0, 2.0]), "n": torch.tensor(5)},
    ]
    found = mean_weights(states)
    assert found["w"].tolist() == [2.0, 2.0] and found["n"] == 3
