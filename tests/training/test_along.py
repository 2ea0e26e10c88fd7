"""Texts without labels that are read along: the maths by hand, and trainings that go on exactly after a stop."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.models.beside import give_up_heads
from core.models.classifier import load_classifier, load_tokenizer
from core.models.depths import weights_of
from core.models.masked import MaskedModel, load_masked
from core.models.pooling import average_tokens
from core.training.adapting import terms
from core.training.along import AlongReader, begin_along, masked_loss, share_of_labels
from core.training.batches import collate
from core.training.encoding import encode
from core.training.events import Started
from core.training.gradients import BatchGradients
from core.training.job import Along, LabelledRows
from core.training.loop import train
from tests.conftest import sentences
from tests.training.jobs import followed, job_of

LABELS = ("neg", "pos")


@pytest.fixture
def made(tiny_encoder):
    """A job that reads along, with some settings."""

    def make(mean=False, rows=16, **settings):
        own = {"epochs": 2, "learning_rate": 0.003, "checkpoint_seconds": 0.0, "batch_size": 16, "top_layers": 1}
        config = RunConfig("x", str(tiny_encoder), **(own | settings))
        classifier = load_classifier(str(tiny_encoder), LABELS, seed=1, pooling="mean" if mean else "auto")
        tokenizer = classifier.tokenizer
        known = sentences(56, seed=1)
        encoded = encode([text for text, _ in known], tokenizer, 32)
        labelled = LabelledRows(encoded, np.array([LABELS.index(label) for _, label in known]))
        texts = encode([text for text, _ in sentences(40, seed=2)], tokenizer, 32)
        masked = MaskedModel(classifier.model.base_model, tokenizer, None, 1)
        return job_of(config, classifier.model, labelled, labelled, along=Along(masked, texts, rows))

    return make


def test_labels_weigh_as_much_as_their_rows_have_a_share():
    assert share_of_labels(16, 16) == 0.5 and share_of_labels(8, 24) == 0.25


def test_every_text_is_read_once_before_any_is_read_again_whatever_the_step_begins_with(made):
    reader = AlongReader(made())
    steps = [reader.rows(step, 16) for step in range(6)]
    for first in (0, 3):
        assert sorted(np.concatenate(steps[first : first + 3])) == list(range(40))
    again = AlongReader(made()).rows(4, 16)
    assert again.tolist() == steps[4].tolist() and steps[0].tolist() != steps[3].tolist()


def gradients(model, compute):
    model.zero_grad()
    compute()
    return {name: weight.grad.clone() for name, weight in weights_of(model) if weight.grad is not None}


def test_the_gradient_is_the_weighed_sum_of_both_losses(made):
    job = made(dropout="none", rows=8)
    begin_along(job)
    model, rows = job.model.eval(), np.arange(24)
    job.along.model.eval()
    reader, told = AlongReader(job), []
    texts = reader.rows(0, len(rows))  # 24 labelled rows beside 8 texts

    def labels(scaled):
        told.append(BatchGradients(job, None, scaled).compute(rows, rows).item())

    def both():
        labels(reader.weighed(lambda loss: loss))
        reader.read(texts, lambda loss: loss)

    of_labels = gradients(model, lambda: labels(lambda loss: loss))
    of_words = gradients(model, lambda: reader.read(texts, lambda loss: 4 * loss))  # what weighs a quarter, four times
    words = gradients(
        model, lambda: terms(job.along.model(**collate(job.along.texts, texts, "cpu")).logits, None).mean().backward()
    )
    alike = math.log(2) / math.log(model.config.vocab_size)  # guessing at random costs the same in both
    assert all(torch.allclose(found, alike * words[name], atol=1e-6) for name, found in of_words.items())
    of_both = gradients(model, both)
    assert len(texts) == 8 and told[0] == pytest.approx(told[1]), "what is told is the loss on labels, unweighed"
    assert "beside_words.dense.weight" in of_words and "classifier.weight" not in of_words
    for name, found in of_both.items():
        nothing = torch.zeros_like(found)
        expected = 0.75 * of_labels.get(name, nothing) + 0.25 * of_words.get(name, nothing)
        assert torch.allclose(found, expected, atol=1e-6), name


@pytest.mark.parametrize("strategy", ["full", "top_k", "llrd", "gradual", "bitfit"])
def test_a_reading_that_is_stopped_goes_on_exactly(made, strategy):
    whole = made(strategy=strategy)
    followed(train(whole))
    asked = iter(range(10**9))
    stopped = replace(made(strategy=strategy), should_stop=lambda: next(asked) > 4)
    checkpoints, best, _ = followed(train(stopped))
    saved = torch.load(io.BytesIO(checkpoints[-1]), weights_only=False)
    assert 0 < saved["numbers"]["step"] < 8
    again = made(strategy=strategy)
    followed(train(replace(again, resume=saved, best_weights=best[-1] if best else None)))
    for name, weight in whole.model.state_dict().items():
        assert torch.equal(weight, again.model.state_dict()[name]), name


def test_hidden_words_are_guessed_better_while_the_task_is_learnt_and_the_head_can_be_given_up(made):
    job = made(epochs=6)
    names = set(job.model.state_dict())
    judging = encode([text for text, _ in sentences(30, seed=9)], load_tokenizer(job.config.model), 32)

    def loss():
        return masked_loss(job.along.model, judging, "cpu", False, False, lambda: False)

    before = loss()
    assert loss() == before, "the same words are hidden each time"
    _, _, events = followed(train(job))
    assert loss() < before - 0.3
    started = next(event for event in events if isinstance(event, Started))
    give_up_heads(job.model)
    assert set(job.model.state_dict()) == names
    assert (
        started.parameters == started.trained_parameters == sum(weight.numel() for _, weight in weights_of(job.model))
    )


def test_words_are_guessed_from_what_enters_the_layer_that_averages(made, tiny_encoder):
    texts = encode([text for text, _ in sentences(12)], load_tokenizer(str(tiny_encoder)), 32)
    plain = load_masked(str(tiny_encoder), None, 3)
    averaged = load_classifier(str(tiny_encoder), LABELS, seed=1).model
    average_tokens(averaged)
    head = dict(plain.head().state_dict())
    reads = MaskedModel(averaged.base_model, load_tokenizer(str(tiny_encoder)), head, 3)
    assert not reads.fresh
    losses = [masked_loss(model, texts, "cpu", False, False, lambda: False) for model in (plain, reads)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    job = made(mean=True)
    followed(train(job))
    assert np.isfinite(masked_loss(job.along.model, texts, "cpu", False, False, lambda: False))
