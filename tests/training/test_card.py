"""The card's way of computing gradients, tried on the CPU: the same batches, copies and places, with a stand-in that replays."""

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.models.bf16_copy import Bf16Copy
from core.models.flat import prepare, train_flat
from core.training import card
from core.training.batches import collate_flat, even_order
from core.training.card import CardGradients, computes_on_card, filled_up
from core.training.encoding import Encoded
from core.training.gradients import BatchGradients
from core.training.job import LabelledRows, TrainingJob
from tests.models.test_flat import classifier

ROWS = 24


class Replaying:
    """A recorder as a card has it, where a recording does again what the first caller of its name did."""

    def __init__(self, device):
        self.works, self.replays = {}, 0

    def run(self, key, work):
        self.replays += key in self.works
        return self.works.setdefault(key, work)()

    def clear(self):
        self.works.clear()


def make_job(kind="bert", targets="classes", **settings):
    draw = np.random.default_rng(3)
    lengths = draw.integers(2, 40, ROWS)
    ids = draw.integers(5, 100, lengths.sum()).astype(np.int32)
    encoded = Encoded(ids, None, np.concatenate([[0], np.cumsum(lengths)]), 0, 0)
    labels = {
        "classes": draw.integers(0, 3, ROWS),
        "labels": draw.integers(0, 2, (ROWS, 3)).astype(np.float32),
        "scores": draw.normal(size=ROWS).astype(np.float32),
    }[targets]
    model = classifier(kind)
    if targets == "scores":
        model.config.num_labels = 1
        model.classifier = torch.nn.Linear(32, 1)
    config = RunConfig(dataset="d", batch_size=8, max_length=40, **settings)
    rows = LabelledRows(encoded, labels)
    return TrainingJob(config, model, rows, rows, lambda *_: (0.0, {}), "cpu", bf16=False)


def gradients_of(job, way, rows):
    job.model.zero_grad()
    loss = way.compute(rows, rows)
    return float(loss), {
        name: weight.grad.clone() for name, weight in job.model.named_parameters() if weight.grad is not None
    }


def difference(found, expected):
    assert found.keys() == expected.keys()
    return float(
        torch.cat([(found[name] - expected[name]).flatten() for name in expected]).norm()
        / torch.cat([value.flatten() for value in expected.values()]).norm()
    )


@pytest.fixture
def replaying(monkeypatch):
    monkeypatch.setattr(card, "Recorder", Replaying)


@pytest.mark.parametrize("targets", ["classes", "labels", "scores"])
@pytest.mark.parametrize("kind", ["bert", "bert mean", "roberta", "modernbert mean", "distilbert"])
def test_gradients_are_those_of_the_plain_way_up_to_the_rounding_of_bf16(replaying, kind, targets):
    if targets == "scores" and kind != "bert":
        pytest.skip("one head of another shape is enough")
    job = make_job(kind, targets)
    exact, own = BatchGradients(job, None), CardGradients(job)
    for start in (0, 8, 16, 0):  # the last time is a replay
        rows = np.arange(start, start + 8)
        expected_loss, expected = gradients_of(job, exact, rows)
        loss, found = gradients_of(job, own, rows)
        assert loss == pytest.approx(expected_loss, rel=0.03, abs=0.01)
        assert difference(found, expected) < 0.06
        assert all(gradient.dtype == torch.float32 for gradient in found.values())
    assert own._recorder.replays > 0


def test_a_replay_reads_the_rows_and_the_weights_of_its_own_step(replaying):
    job = make_job()
    own, order = CardGradients(job), np.argsort(np.diff(job.training.encoded.offsets))
    same_size = [rows for rows in (order[:8], order[1:9]) if rows is not None]
    first = gradients_of(job, own, same_size[0])
    with torch.no_grad():
        for weight in job.model.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
    again = gradients_of(job, own, same_size[0])
    assert again[0] != first[0]
    assert again[0] == pytest.approx(gradients_of(job, BatchGradients(job, None), same_size[0])[0], rel=0.03, abs=0.01)


@pytest.mark.parametrize("settings", [{"accumulate": 3}, {"class_weights": True}, {"recompute": True}])
def test_pieces_weights_and_recomputing_give_the_same_gradients(replaying, settings):
    job = make_job(**settings)
    rows = np.arange(8)
    expected = gradients_of(job, BatchGradients(job, None), rows)
    own = CardGradients(job)
    for _ in range(2):
        found = gradients_of(job, own, rows)
        assert found[0] == pytest.approx(expected[0], rel=0.03, abs=0.01)
        assert difference(found[1], expected[1]) < 0.06


def test_after_a_lack_of_memory_a_batch_is_computed_in_pieces(replaying):
    job = make_job()
    own, rows = CardGradients(job), np.arange(8)
    expected = gradients_of(job, own, rows)
    assert own.shrink(rows)
    found = gradients_of(job, own, rows)
    assert len(own._recorder.works) == 2  # sizes of the two halves
    assert difference(found[1], expected[1]) < 0.03
    while own.shrink(rows):
        pass
    assert len(own._pieces(rows)) == len(rows)


def test_what_thaws_later_is_trained_from_then_on(replaying):
    job = make_job()
    for weight in job.model.bert.parameters():
        weight.requires_grad_(False)
    own, rows = CardGradients(job), np.arange(8)
    assert set(gradients_of(job, own, rows)[1]) == {"classifier.weight", "classifier.bias"}
    job.model.bert.encoder.requires_grad_(True)
    names = set(gradients_of(job, own, rows)[1])
    assert any(name.startswith("bert.encoder.layer.0.") for name in names)
    assert not any("embeddings" in name for name in names)


def test_a_copy_in_bf16_follows_the_weights_and_leaves_them_exact():
    model = classifier("bert")
    prepare(model)
    copy = Bf16Copy(model)
    assert {weight.dtype for weight in copy.model.parameters()} == {torch.bfloat16}
    with torch.no_grad():
        model.classifier.weight.fill_(1.0 + 1e-4)
    copy.take_weights()
    assert float(copy.model.classifier.weight[0, 0].detach()) == 1.0
    assert float(model.classifier.weight[0, 0].detach()) == pytest.approx(1.0001)


def test_a_batch_is_filled_up_to_few_sizes_and_never_by_much():
    sizes = {filled_up(tokens) for tokens in range(8000, 9600)}
    assert len(sizes) <= 5
    for tokens in (1, 63, 64, 100, 4095, 4096, 70_000):
        assert tokens < filled_up(tokens) <= tokens + max(64, tokens / 8)


def test_a_filled_batch_ends_with_one_text_of_padding():
    encoded = make_job().training.encoded
    rows = np.array([2, 5])
    plain, filled = collate_flat(encoded, rows, "cpu", 2), collate_flat(encoded, rows, "cpu", 2, upto=128)
    tokens = plain["input_ids"].shape[1]
    assert filled["input_ids"].shape == (1, 128)
    assert torch.equal(filled["input_ids"][:, :tokens], plain["input_ids"])
    assert filled["input_ids"][0, tokens:].eq(encoded.pad).all()
    assert filled["position_ids"][0, tokens:].eq(2).all()
    assert filled["cu_seq_lens_q"].tolist() == [*plain["cu_seq_lens_q"].tolist(), 128]


def test_even_batches_hold_every_row_once_and_about_as_many_tokens_each():
    draw = np.random.default_rng(0)
    lengths = np.exp(draw.normal(5, 0.7, 5013)).astype(int).clip(5, 512)
    batches = even_order(lengths, 32, seed=1, epoch=0)
    assert len(batches) == -(-5013 // 32)
    assert sorted(np.concatenate(batches).tolist()) == list(range(5013))
    assert {len(batch) for batch in batches} <= {30, 31, 32}
    tokens = np.array([lengths[batch].sum() for batch in batches if len(batch) == 32])
    assert tokens.std() / tokens.mean() < 0.03
    assert not np.array_equal(batches[0], even_order(lengths, 32, seed=1, epoch=1)[0])
    assert all(np.array_equal(a, b) for a, b in zip(batches, even_order(lengths, 32, 1, 0), strict=True))


def test_only_flat_bf16_trainings_go_the_cards_way():
    job = make_job()
    assert not computes_on_card(job)
    train_flat(job.model)
    on_card = TrainingJob(job.config, job.model, job.training, job.validation, job.validate, "cuda:0", bf16=True)
    assert computes_on_card(on_card)
    exact = TrainingJob(job.config, job.model, job.training, job.validation, job.validate, "cuda:0", bf16=False)
    assert not computes_on_card(exact)
