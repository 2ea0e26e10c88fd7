"""Several tasks on one encoder: the maths by hand, and trainings that go on exactly after a stop."""

import io
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.evaluation.scores import validate
from core.models.beside import give_up_heads
from core.models.classifier import load_classifier
from core.tasks import SCALE, scale_of
from core.training.batches import collate
from core.training.encoding import encode
from core.training.events import Evaluated
from core.training.job import JointTask, LabelledRows
from core.training.joint import (
    JointGradients,
    TaskOrder,
    batches_of,
    chance_loss,
    name_in_first,
    rows_of_all,
    sampling_shares,
    share_encoder,
    validate_all,
)
from core.training.loop import train
from tests.conftest import sentences
from tests.training.jobs import followed, job_of


def test_shares_fall_from_the_sizes_to_a_fifth_root_of_them():
    assert sampling_shares([900, 100], 0, 5).tolist() == pytest.approx([0.9, 0.1])
    fifth = 9**0.2
    assert sampling_shares([900, 100], 4, 5).tolist() == pytest.approx([fifth / (1 + fifth), 1 / (1 + fifth)])
    middle = 9**0.6  # alpha is 1 - 0.8 * 2 / 4
    assert sampling_shares([900, 100], 2, 5)[0] == pytest.approx(middle / (1 + middle))
    assert sampling_shares([900, 100], 0, 1).tolist() == pytest.approx([0.9, 0.1])


def test_batches_are_whole_numbers_that_add_up_and_no_task_goes_without():
    assert batches_of(np.array([0.9, 0.1]), 10).tolist() == [9, 1]
    assert batches_of(np.array([0.55, 0.25, 0.2]), 4).tolist() == [2, 1, 1]
    assert batches_of(np.array([0.999, 0.001]), 10).tolist() == [9, 1]
    assert batches_of(np.array([0.98, 0.01, 0.01]), 4).tolist() == [2, 1, 1]


@pytest.fixture
def tasks(home, tiny_encoder):
    """Two classes, three labels of which a row may have several, and a score; of 40, 16 and 24 rows."""

    def fresh():
        made = []
        for name, rows, kind in (("a", 40, "single"), ("b", 16, "multi"), ("c", 24, "score")):
            problem = {
                "single": "single_label_classification",
                "multi": "multi_label_classification",
                "score": "regression",
            }[kind]
            labels = {"single": ("neg", "pos"), "multi": ("x", "y", "z"), "score": ("score",)}[kind]
            classifier = load_classifier(str(tiny_encoder), labels, seed=3, problem_type=problem)
            parts = []
            for seed in (rows, rows + 1):
                pairs = sentences(rows, seed=seed)
                good = np.array([label == "pos" for _, label in pairs])
                targets = {
                    "single": good.astype(np.int64), "multi": np.stack([good, ~good, good], axis=1).astype(np.float32),
                    "score": (10.0 * good + 2).astype(np.float32),
                }[kind]  # fmt: skip
                parts.append(LabelledRows(encode([text for text, _ in pairs], classifier.tokenizer, 32), targets))
            if kind == "score":
                setattr(classifier.model.config, SCALE, scale_of(parts[0].labels))
            judge = partial(validate, classifier.model.config, best_by="auto")
            made.append(JointTask(name, classifier.model, *parts, judge))
        share_encoder([task.model for task in made])
        return tuple(made)

    return fresh


def joint_job(tasks, own=0, epochs=3, **settings):
    config = RunConfig("x", epochs=epochs, learning_rate=3e-3, batch_size=8, checkpoint_seconds=0)
    first = tasks[0]
    return job_of(config, first.model, first.training, first.validation, tasks=tasks, own=own, **settings)


def fitted(tasks, **settings):
    """The first model after a training, its checkpoints as a worker writes them, the best weights, and the validations."""
    job = joint_job(tasks, **settings)
    checkpoints, best, others = followed(train(job))
    return job.model, checkpoints, best, [event for event in others if isinstance(event, Evaluated)]


def test_a_loss_of_one_is_what_a_model_pays_that_knows_nothing(tasks):
    single, several, score = tasks()
    assert chance_loss(single) == pytest.approx(math.log(2)) and chance_loss(several) == pytest.approx(math.log(2))
    assert chance_loss(score) == 1.0


def test_every_batch_is_of_one_task_and_an_epoch_of_the_first_kind_sees_every_row_once(tasks):
    made = tasks()
    order = TaskOrder(made, RunConfig("x", batch_size=8), 10, 3)  # 5, 2 and 3 batches
    first = [order.rows(step) for step in range(10)]
    assert sorted(np.concatenate(first).tolist()) == list(range(80))
    assert {tuple(np.unique(np.searchsorted([40, 56, 80], rows, side="right"))) for rows in first} == {(0,), (1,), (2,)}
    last = [order.rows(step) for step in range(20, 30)]
    assert sum(bool(rows[0] >= 40) for rows in last) > 5, "small sets come more often at the end"
    again = TaskOrder(made, RunConfig("x", batch_size=8), 10, 3)
    assert again.rows(27).tolist() == last[7].tolist(), "a step's rows follow from the step alone"


def test_rows_of_all_have_the_tokens_of_each(tasks):
    made = tasks()
    together = rows_of_all(made)
    assert together.rows == 80
    for start, task in zip((0, 40, 56), made, strict=True):
        assert (
            together.tokens_of(np.array([start + 3])).tolist()
            == task.training.encoded.tokens_of(np.array([3])).tolist()
        )


def test_the_gradient_is_that_of_the_tasks_own_loss_in_the_shared_encoder(tasks):
    made = tasks()
    for task in made:
        task.model.eval()
    gradients = JointGradients(joint_job(made), lambda loss: loss, None)
    rows = np.arange(40, 48)  # of the second task
    loss = gradients.compute(rows, rows)
    weight = made[0].model.get_parameter(
        next(n for n, _ in made[0].model.named_parameters() if "layer.1.output.dense.weight" in n)
    )
    own = made[1]
    logits = own.model(**collate(own.training.encoded, rows - 40, "cpu")).logits
    by_hand = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, torch.tensor(own.training.labels[:8])
    ) / math.log(2)
    assert loss.item() == pytest.approx(by_hand.item(), rel=1e-5)
    assert torch.allclose(weight.grad, torch.autograd.grad(by_hand, weight)[0], atol=1e-6)
    assert made[0].model.classifier.weight.grad is None and own.model.classifier.weight.grad is not None


@pytest.mark.slow
def test_all_tasks_are_learnt_and_the_checkpoint_is_chosen_by_their_mean(tasks):
    made = tasks()
    _, _, _, validations = fitted(made, own=2, epochs=12)
    assert [set(event.tasks) for event in validations] == [{"a", "b", "c"}] * 12
    assert validations[-1].scores == validations[-1].tasks["c"] and "rmse" in validations[-1].scores
    best = max(validations, key=lambda event: event.step if event.best else 0).tasks
    assert best["a"]["macro_f1"] > 0.8 and best["c"]["rmse"] < 4.0
    reached, own, of_all = validate_all(joint_job(made, own=1), lambda: False)
    assert own == of_all["b"]
    spread = float(made[2].training.labels.std())
    by_hand = np.mean([of_all["a"]["macro_f1"], of_all["b"]["micro_f1"], 1 - of_all["c"]["rmse"] / spread])
    assert reached == pytest.approx(by_hand, abs=1e-3)


@pytest.mark.parametrize("best_by", ["rmse", "mae", "pearson", "spearman", "loss"])
def test_a_score_counts_alike_whatever_its_units(tasks, best_by):
    """An error in units of the scores is a share of their spread; a correlation and a standardised loss have no units."""

    def chosen_by(size):
        task = tasks()[2]
        scale = tuple(size * number for number in getattr(task.model.config, SCALE))
        setattr(task.model.config, SCALE, scale)
        rows = LabelledRows(task.validation.encoded, task.validation.labels * np.float32(size))
        judge = partial(validate, task.model.config, best_by=best_by)
        job = joint_job((replace(task, validation=rows, validate=judge),))
        reached, own, _ = validate_all(replace(job, config=job.config.changed(best_by=best_by)), lambda: False)
        return reached, own[best_by], scale[1]

    reached, own, spread = chosen_by(50.0)
    assert reached == pytest.approx(chosen_by(1.0)[0], rel=1e-4)
    by_hand = {"rmse": 1 - own / spread, "mae": 1 - own / spread, "loss": 1 - own}.get(best_by, own)
    assert reached == pytest.approx(by_hand, rel=1e-4)


def test_a_loss_counts_in_multiples_of_what_guessing_pays(tasks):
    made = tuple(replace(task, validate=partial(validate, task.model.config, best_by="loss")) for task in tasks())
    job = joint_job(made)
    reached, _, of_all = validate_all(replace(job, config=job.config.changed(best_by="loss")), lambda: False)
    shares = [1 - of_all[task.name]["loss"] / chance_loss(task) for task in made]
    assert reached == pytest.approx(np.mean(shares)) and abs(reached) < 0.5


@pytest.mark.slow
def test_a_stopped_and_resumed_training_ends_exactly_like_an_unbroken_one(tasks):
    whole, _, _, _ = fitted(tasks())
    asked = iter(range(10**9))
    _, checkpoints, best, _ = fitted(tasks(), should_stop=lambda: next(asked) > 30)
    saved = torch.load(io.BytesIO(checkpoints[-1]), weights_only=False)
    assert 0 < saved["numbers"]["step"] < 30
    resumed, _, _, _ = fitted(tasks(), resume=saved, best_weights=best[-1] if best else None)
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name


def test_every_model_is_whole_by_itself_afterwards(tasks):
    made = tasks()
    first = made[0].model
    together = set(first.state_dict())
    for number, task in enumerate(made):
        assert {name_in_first(name, task.model, number) for name in task.model.state_dict()} <= together
    give_up_heads(first)
    assert set(first.state_dict()) == set(made[1].model.state_dict())
    batch = collate(made[2].training.encoded, np.arange(4), "cpu")
    assert made[2].model(**batch).logits.shape == (4, 1) and first(**batch).logits.shape == (4, 2)


def test_a_task_that_does_not_fit_is_computed_in_smaller_pieces(tasks):
    made = tasks()
    gradients = JointGradients(replace(joint_job(made), device="cpu"), lambda loss: loss, None)
    before = gradients.budget
    assert gradients.shrink(np.arange(8)) and gradients.budget < before
