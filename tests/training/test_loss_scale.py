"""Training in float16: the loss is scaled, steps that overflow are left out and not counted, and nothing else changes."""

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.errors import TrainingError
from core.models.classifier import load_classifier
from core.training import loss_scale
from core.training.encoding import encode
from core.training.events import StepLogged, TrainingDone
from core.training.few_shot import few_shot
from core.training.gradients import BatchGradients
from core.training.job import LabelledRows
from core.training.lazy_rows import SMALLEST
from core.training.loop import train
from core.training.loss_scale import LossScale
from core.training.update import Update
from tests.conftest import sentences
from tests.training.jobs import job_of


def make_job(encoder, fp16=True, **settings):
    classifier = load_classifier(str(encoder), ("neg", "pos"), seed=7)
    pairs = sentences(48)
    rows = LabelledRows(
        encode([text for text, _ in pairs], classifier.tokenizer, 32),
        np.array([int(label == "pos") for _, label in pairs]),
    )
    settings = {"epochs": 3, "batch_size": 8, "learning_rate": 1e-3, "dropout": "none"} | settings
    return job_of(RunConfig("x", **settings), classifier.model, rows, rows, fp16=fp16)


def test_the_factor_goes_the_way_of_torchs_own_scaler(monkeypatch):
    monkeypatch.setattr(loss_scale, "PATIENCE", 3)
    own, theirs = LossScale("cpu"), torch.amp.GradScaler("cpu", growth_interval=3)
    weight = torch.nn.Parameter(torch.ones(1))
    optimiser, draw = torch.optim.SGD([weight], lr=0.0), np.random.default_rng(0)
    for bad in draw.random(60) < 0.2:
        theirs.scale(weight.sum()).backward()
        if bad:
            weight.grad.fill_(float("nan"))
        divisor = own.see(weight.grad.norm())
        assert float(divisor) == theirs.get_scale() and bool(own.overflow) == bool(bad)
        theirs.step(optimiser)
        theirs.update()
        optimiser.zero_grad()
        assert float(own.factor) == theirs.get_scale()


def update_of(job, fp16):
    rates = {name: 1.0 for name, _ in job.model.named_parameters()}
    return Update(job.model, job.config, "cpu", rates, fp16)


def step(job, update, spoil=False):
    """A step in fp32 with the loss scaled or not, so that only the scaling can differ."""
    rows = np.arange(8)
    update.before(job.training.encoded.tokens_of(rows))
    BatchGradients(job, None, update.scaled).compute(rows, rows)
    if spoil:
        next(weight for weight in job.model.parameters() if weight.grad is not None).grad.view(-1)[0] = float("inf")
    return float(update.apply(1e-3))


@pytest.mark.parametrize("settings", [{}, {"clip_norm": 0.01}, {"clip_norm": 0.0}, {"optimizer": "adam"}], ids=str)
def test_a_scaled_step_is_the_plain_one_clipped_and_lazy_rows_and_all(home, tiny_encoder, settings):
    plain, scaled = (make_job(tiny_encoder, fp16=False, **settings) for _ in range(2))
    assert plain.model.get_input_embeddings().weight.numel() > SMALLEST
    updates = update_of(plain, False), update_of(scaled, True)
    for _ in range(3):
        norms = step(plain, updates[0]), step(scaled, updates[1])
        assert norms[0] == pytest.approx(norms[1], rel=1e-4)
        assert not updates[1].left_out()
    for update in updates:
        update.close()
    expected, found = plain.model.state_dict(), scaled.model.state_dict()
    # powers of two change no digit of a gradient; only norms are summed from other numbers
    assert all(torch.allclose(found[name], value, atol=2e-5) for name, value in expected.items())


def test_a_step_that_overflows_changes_nothing_but_the_factor(home, tiny_encoder):
    job = make_job(tiny_encoder, fp16=False)
    update = update_of(job, True)
    step(job, update)
    update.settle()
    before = {name: value.clone() for name, value in job.model.state_dict().items()}
    moments = [value.clone() for state in update.state_dict()["dense"]["state"].values() for value in state.values()]
    rows = update.state_dict()["rows"]
    kept = rows["step"], rows["first"].clone(), rows["second"].clone()
    step(job, update, spoil=True)
    assert update.left_out() and update.state_dict()["scale"]["factor"] == loss_scale.FIRST / 2
    update.settle()
    assert all(torch.equal(value, job.model.state_dict()[name]) for name, value in before.items())
    now = [value for state in update.state_dict()["dense"]["state"].values() for value in state.values()]
    assert all(torch.equal(one, other) for one, other in zip(moments, now, strict=True))
    rows = update.state_dict()["rows"]
    assert kept[0] == rows["step"] and torch.equal(kept[1], rows["first"]) and torch.equal(kept[2], rows["second"])
    step(job, update)
    assert not update.left_out()


def test_steps_that_overflow_are_done_again_and_not_counted(home, tiny_encoder, monkeypatch):
    monkeypatch.setattr(loss_scale, "FIRST", 2.0**40)  # the first steps overflow, whatever they read
    job, applied = make_job(tiny_encoder), []
    apply = Update.apply
    monkeypatch.setattr(Update, "apply", lambda self, rate: (applied.append(rate), apply(self, rate))[1])
    events = list(train(job))
    assert [event.step for event in events if isinstance(event, StepLogged)] == list(range(1, 19))
    assert all(np.isfinite([event.loss, event.grad_norm]).all() for event in events if isinstance(event, StepLogged))
    done = events[-1]
    assert isinstance(done, TrainingDone) and done.tokens == 3 * job.training.encoded.tokens
    assert len(applied) > 18 and applied[0] == applied[1]  # the same rate again


def test_float16_learns_what_float32_learns(home, tiny_encoder):
    losses = [
        [event.loss for event in train(make_job(tiny_encoder, fp16)) if isinstance(event, StepLogged)]
        for fp16 in (False, True)
    ]
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], abs=0.05)


def test_pairs_are_learnt_from_in_float16_as_well(home, tiny_encoder, monkeypatch):
    monkeypatch.setattr(loss_scale, "FIRST", 2.0**40)
    job = make_job(tiny_encoder, strategy="few_shot", epochs=1, train_size=8)
    job.model.train()
    events = list(few_shot(job))
    steps = [event.step for event in events if isinstance(event, StepLogged)]
    assert steps and steps == sorted(set(steps))
    assert isinstance(events[-1], TrainingDone)


def test_gradients_that_no_factor_makes_finite_end_the_training(home, tiny_encoder):
    job = make_job(tiny_encoder)
    with torch.no_grad():
        job.model.classifier.weight.fill_(float("nan"))
    with pytest.raises(TrainingError, match="float16") as trouble:
        list(train(job))
    assert "fp32" in trouble.value.hint
