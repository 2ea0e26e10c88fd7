import io

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.models.classifier import load_classifier
from core.training.encoding import encode
from core.training.events import CheckpointDue, Evaluated, Improved, Started, StepLogged, TrainingDone
from core.training.job import LabelledRows
from core.training.lazy_rows import SMALLEST
from core.training.loop import points_apart, train
from core.training.optimiser import rate_factor
from core.training.probe import STRENGTHS, probe
from core.training.scoring import score
from tests.conftest import sentences
from tests.training.jobs import job_of, written

LABELS = ("neg", "pos")


def rows_of(pairs, tokenizer):
    numbers = np.array([LABELS.index(label) for _, label in pairs])
    return LabelledRows(encode([text for text, _ in pairs], tokenizer, 32), numbers)


@pytest.fixture
def setting(home, tiny_encoder):
    def fresh():
        return load_classifier(str(tiny_encoder), LABELS, seed=7)

    tokenizer = fresh().tokenizer
    config = RunConfig("x", model=str(tiny_encoder), epochs=3, learning_rate=3e-3, batch_size=8, checkpoint_seconds=0)
    return config, fresh, rows_of(sentences(96), tokenizer), rows_of(sentences(40, seed=1), tokenizer)


def run(setting, config=None, **keywords):
    base, fresh, training, validation = setting
    model = fresh().model
    events = []
    for event in train(job_of(config or base, model, training, validation, **keywords)):
        if isinstance(event, CheckpointDue):  # as a worker does: write it down before going on
            event = written(event)
        events.append(event)
    return model, events


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_the_loop_learns_and_ends_with_the_best_weights(setting):
    model, events = run(setting, setting[0].changed(epochs=25, learning_rate=5e-3, warmup=0.2))
    validation = setting[3]
    best = max(of(Evaluated, events), key=lambda event: event.scores["macro_f1"])
    accuracy = np.mean(score(model, validation.encoded, "cpu", False).argmax(axis=1) == validation.labels)
    assert best.scores["accuracy"] > 0.9
    assert accuracy == pytest.approx(best.scores["accuracy"])
    assert of(TrainingDone, events)[0].best_step == best.step


def test_two_runs_of_one_seed_give_the_same_numbers(setting):
    first, second = (of(Evaluated, run(setting)[1]) for _ in range(2))
    assert first == second


def test_another_seed_gives_other_numbers(setting):
    first = of(StepLogged, run(setting)[1])
    second = of(StepLogged, run(setting, setting[0].changed(seed=43))[1])
    assert [event.loss for event in first] != [event.loss for event in second]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stop_after", "half"),
    [(1, {}), (12, {}), (12, {"bf16": True}), (13, {}), (20, {"fp16": True}), (30, {"bf16": True})],
)
def test_a_stopped_and_resumed_training_ends_exactly_like_an_unbroken_one(setting, stop_after, half):
    whole, events = run(setting, **half)
    assert whole.get_input_embeddings().weight.numel() > SMALLEST  # as with every real encoder, updated lazily
    looks = iter(range(10_000))
    _, before = run(setting, **half, should_stop=lambda: next(looks) >= stop_after)
    assert before[-1].stopped
    state = torch.load(io.BytesIO([each for each in before if isinstance(each, bytes)][-1]), weights_only=True)
    best = of(Improved, before)
    resumed, after = run(setting, **half, resume=state, best_weights=best[-1].weights if best else None)
    assert of(Started, after)[0].first_step == before[-1].step
    ends = of(TrainingDone, events)[0], of(TrainingDone, after)[0]
    assert (ends[0].step, ends[0].best_step, ends[0].tokens) == (ends[1].step, ends[1].best_step, ends[1].tokens)
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name


def test_early_stopping_ends_when_validation_no_longer_improves(setting):
    config = setting[0].changed(epochs=40, patience=2)
    done = of(TrainingDone, run(setting, config)[1])[0]
    assert done.stopped_early and done.step < 40 * 12


def test_validation_every_n_steps(setting):
    evaluated = of(Evaluated, run(setting, setting[0].changed(eval_every=5))[1])
    assert [event.step for event in evaluated] == [5, 10, 15, 20, 25, 30, 35, 36]


def test_a_card_is_waited_for_at_fewer_points():
    assert points_apart(100, "cpu") == points_apart(100, "cuda:0") == 1
    assert points_apart(1500, "cpu") == 3 and points_apart(1500, "cuda:1") == 15


def test_the_learning_rate_rises_then_falls_to_almost_nothing():
    config = RunConfig("x", warmup=0.1)
    factors = [rate_factor(step, 100, config) for step in range(100)]
    assert factors[0] == 0.1 and max(factors) == 1.0 == factors[9] and factors[99] < 0.02
    assert rate_factor(99, 100, config.changed(schedule="constant")) == 1.0


def test_the_probe_changes_the_last_layer_only(setting):
    config, fresh, training, validation = setting
    classifier, untouched = fresh(), fresh()
    events = list(probe(job_of(config, classifier.model, training, validation)))
    changed = {
        name
        for name, weight in classifier.model.state_dict().items()
        if not torch.equal(weight, untouched.model.state_dict()[name])
    }
    assert changed == {"classifier.weight", "classifier.bias"}
    best = max(of(Evaluated, events), key=lambda event: event.scores["macro_f1"])
    logits = score(classifier.model, validation.encoded, "cpu", False)
    assert np.mean(logits.argmax(axis=1) == validation.labels) == pytest.approx(best.scores["accuracy"])


def test_a_probe_without_validation_rows_takes_the_usual_strength(setting):
    base, fresh, training, _ = setting
    model = fresh().model
    nothing = rows_of([], fresh().tokenizer)
    events = list(probe(job_of(base, model, training, nothing)))
    assert STRENGTHS[0] == 1.0 and of(TrainingDone, events)[0].best_step == 1
