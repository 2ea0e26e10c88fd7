"""Keeping the source while a target is learnt: the maths by hand, and trainings that go on exactly after a stop."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.models.classifier import load_classifier
from core.models.mixing import encoder_weights
from core.models.trained import plan
from core.training.anchor import Anchor, diagonal_fisher, even_mean
from core.training.batches import collate
from core.training.course import Schedule
from core.training.encoding import encode
from core.training.job import Keeping, LabelledRows
from core.training.keeping import TEMPERATURE, Keeper, class_terms, distilled, replayed, several_terms
from core.training.loop import train
from core.training.scoring import score
from tests.conftest import sentences
from tests.training.jobs import followed, job_of

LABELS = ("neg", "pos")


class Line(torch.nn.Module):
    """An "encoder" of one weight vector, as the anchor sees a model."""

    def __init__(self, *values):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(values))

    @property
    def base_model(self):
        return self


def test_a_pull_of_one_takes_a_weight_half_of_the_way_back():
    line = Line(1.0, 2.0)
    anchor = Anchor(line, ["w"])
    with torch.no_grad():
        line.w += torch.tensor([4.0, -2.0])
    anchor.pull(1.0)
    assert line.w.tolist() == [3.0, 1.0]


def test_what_matters_more_is_pulled_more_and_what_does_not_matter_is_free():
    line = Line(0.0, 0.0, 0.0)
    anchor = Anchor(line, ["w"], {"w": torch.tensor([0.0, 1.0, 3.0])})
    with torch.no_grad():
        line.w += 8.0
    anchor.pull(1.0)
    assert line.w.tolist() == [8.0, 4.0, 2.0]


def test_the_pull_is_the_minimum_of_penalty_and_distance():
    start, moved, amount, importance = 0.5, 3.0, 0.7, 2.0
    line = Line(start)
    anchor = Anchor(line, ["w"], {"w": torch.tensor([importance])})
    with torch.no_grad():
        line.w.fill_(moved)
    anchor.pull(amount)
    grid = np.linspace(0, 4, 400_001)
    cost = 0.5 * amount * importance * (grid - start) ** 2 + 0.5 * (grid - moved) ** 2
    assert line.w.item() == pytest.approx(grid[cost.argmin()], abs=2e-5)


def test_no_strength_overshoots():
    line = Line(1.0)
    anchor = Anchor(line, ["w"])
    with torch.no_grad():
        line.w.fill_(5.0)
    anchor.pull(1e6)
    assert line.w.item() == pytest.approx(1.0, abs=1e-4)


class Logistic(torch.nn.Module):
    """Two classes with logits (0, w · x): the Fisher information of w is p (1 - p) x², whatever the labels."""

    base_model_prefix = "none"

    def __init__(self, w):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(w))
        self.config = type("Config", (), {"problem_type": "single_label_classification", "model_type": "bert"})()

    @property
    def base_model(self):
        return self

    def forward(self, input_ids, attention_mask=None, **_):
        x = input_ids.sum(dim=1).float()
        return type("Out", (), {"logits": torch.stack([torch.zeros_like(x), self.w * x], dim=1)})()


def rows_of_numbers(*numbers):
    from core.training.encoding import Encoded

    return Encoded(np.array(numbers, dtype=np.int32), None, np.arange(len(numbers) + 1), 0, 0)


def test_the_fisher_information_of_even_odds_is_a_quarter_of_the_square():
    fisher = diagonal_fisher(Logistic(0.0), rows_of_numbers(2, 4), np.array([0, 1]), "cpu")  # p = 1/2 whatever is drawn
    assert fisher["w"].item() == pytest.approx((0.25 * 4 + 0.25 * 16) / 2)


def test_the_fisher_information_is_drawn_from_the_models_own_answers():
    many = rows_of_numbers(*([2] * 4000))
    p = 1 / (1 + np.exp(-0.6 * 2))
    found = diagonal_fisher(Logistic(0.6), many, np.arange(4000), "cpu")["w"].item()
    assert found == pytest.approx(p * (1 - p) * 4, rel=0.05)


def test_importances_have_a_mean_of_one():
    even = even_mean({"a": torch.tensor([1.0, 3.0]), "b": torch.tensor([8.0, 0.0])})
    assert torch.cat(list(even.values())).mean().item() == pytest.approx(1.0)
    assert even["b"].tolist() == pytest.approx([8 / 3, 0.0])


def test_distillation_costs_nothing_where_both_agree_and_the_divergence_where_not():
    logits = torch.tensor([[2.0, -1.0], [0.0, 0.0]])
    assert class_terms(logits, logits).tolist() == pytest.approx([0.0, 0.0], abs=1e-7)
    teacher = torch.tensor([[TEMPERATURE * np.log(3.0), 0.0]])  # softened: 3/4 and 1/4, beside 1/2 and 1/2
    by_hand = TEMPERATURE**2 * (0.75 * np.log(1.5) + 0.25 * np.log(0.5))
    assert class_terms(torch.zeros(1, 2), teacher.float()).item() == pytest.approx(by_hand, rel=1e-5)
    assert several_terms(torch.zeros(1, 1), teacher[:, :1].float()).item() == pytest.approx(by_hand, rel=1e-5)


@pytest.fixture
def source(home, tiny_encoder):
    """A tiny classifier with its own task, and rows of the source and of the target."""

    def fresh(seed=7):
        return load_classifier(str(tiny_encoder), LABELS, seed=seed)

    def rows(pairs):
        numbers = np.array([LABELS.index(label) for _, label in pairs])
        return LabelledRows(encode([text for text, _ in pairs], fresh().tokenizer, 32), numbers)

    return fresh, rows(sentences(64)), rows(sentences(24, seed=1)), rows(sentences(48, seed=2))


def keeping(kind, source, strength=3.0):
    fresh, training, _, own = source
    old = fresh(3).model
    if kind == "l2sp":
        return Keeping(strength, anchors=True)
    if kind == "ewc":
        importance = even_mean(diagonal_fisher(old, own.encoded, np.arange(6), "cpu"))
        return Keeping(strength, anchors=True, importance=importance)
    if kind == "replay":
        return Keeping(strength, rehearsal=replayed(RunConfig("x"), old, own))
    logits = score(old, training.encoded, "cpu", False)
    return Keeping(strength, rehearsal=distilled(old, training.encoded, logits))


def fitted(source, kind="", strength=3.0, **changes):
    """The model after a training, and its checkpoints as a worker writes them."""
    fresh, training, validation, _ = source
    model = fresh().model
    config = RunConfig("x", epochs=3, learning_rate=3e-3, batch_size=8, checkpoint_seconds=0)
    job = job_of(config, model, training, validation, keeping=keeping(kind, source, strength) if kind else None)
    checkpoints, best, _ = followed(train(replace(job, **changes)))
    return model, checkpoints, best


def moved(source, model):
    start = encoder_weights(source[0]().model)
    return sum(float((weight - start[name]).square().sum()) for name, weight in encoder_weights(model).items())


@pytest.mark.parametrize("kind", ["l2sp", "ewc"])
def test_a_pulled_encoder_moves_less(source, kind):
    assert moved(source, fitted(source, kind, 100.0)[0]) < 0.5 * moved(source, fitted(source)[0])


def joined(source, model):
    """The earlier head on the encoder of ``model``."""
    old = source[0](3).model
    setattr(old, old.base_model_prefix, model.base_model)
    return old


def test_distilled_answers_are_remembered(source):
    fresh, training, _, _ = source
    wanted = torch.tensor(score(fresh(3).model, training.encoded, "cpu", False))

    def apart(model):
        return (
            class_terms(torch.tensor(score(joined(source, model), training.encoded, "cpu", False)), wanted)
            .mean()
            .item()
        )

    assert apart(fitted(source, "distil")[0]) < apart(fitted(source)[0])


def test_replay_adds_the_strength_times_the_gradient_of_the_source_loss(source):
    fresh, training, validation, own = source
    model = fresh().model.eval()
    config = RunConfig("x", batch_size=8, dropout="none", seed=5)
    job = job_of(config, model, training, validation, keeping=keeping("replay", source, 3.0))
    keeper = Keeper(job, plan(model, config), Schedule(config, 1e-3, 10, 5))
    rows = keeper.rows(4, np.arange(8))
    assert (
        len(set(rows.tolist())) == 8
        and (rows == keeper.rows(4, np.arange(8))).all()
        and (rows != keeper.rows(5, rows)).any()
    )
    job.keeping.rehearsal.model.eval()
    keeper.rehearse(rows, lambda loss: loss)
    name, weight = next((n, w) for n, w in model.base_model.named_parameters() if "layer.1.output.dense.weight" in n)
    found = weight.grad.clone()
    logits = joined(source, model).eval()(**collate(own.encoded, rows, "cpu")).logits
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(own.labels[rows]))
    by_hand = torch.autograd.grad(3.0 * loss, weight)[0]
    assert found.abs().max() > 0 and torch.allclose(found, by_hand, atol=1e-6), name


def test_the_earlier_head_stands_still(source):
    how = keeping("replay", source)
    head = how.rehearsal.model.classifier.weight.detach().clone()
    fitted(source, keeping=how)
    assert torch.equal(how.rehearsal.model.classifier.weight, head)


@pytest.mark.parametrize("kind", ["l2sp", "ewc", "replay", "distil"])
def test_a_stopped_and_resumed_training_ends_exactly_like_an_unbroken_one(source, kind):
    whole, _, _ = fitted(source, kind)
    asked = iter(range(10**9))
    _, checkpoints, best = fitted(source, kind, should_stop=lambda: next(asked) > 11)
    saved = torch.load(io.BytesIO(checkpoints[-1]), weights_only=False)
    assert 0 < saved["numbers"]["step"] < 24
    resumed, _, _ = fitted(source, kind, resume=saved, best_weights=best[-1] if best else None)
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name
