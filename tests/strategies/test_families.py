"""Every strategy on every family of encoders: trained, saved, and loaded by transformers alone."""

import io
from dataclasses import replace

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from core.errors import SourceError
from core.models.adapters import detach
from core.models.trained import plan
from core.strategies.registry import STRATEGIES
from core.training.events import CheckpointDue, Improved, Started, TrainingDone
from core.training.job import LabelledRows
from core.training.scoring import score
from tests.conftest import sentences
from tests.families import FAMILIES, config_of, fresh, taught, word_rows

ENCODING = [name for name, strategy in STRATEGIES.items() if strategy.teacher.encodes]
RESUMED = [name for name, strategy in STRATEGIES.items() if strategy.teacher.steps and not strategy.from_scratch]


@pytest.fixture(scope="module")
def rows():
    return word_rows(sentences(48)), word_rows(sentences(16, seed=1))


@pytest.fixture(scope="module")
def few(rows):
    """Two batches to train on."""
    training, validation = rows
    texts = training.encoded
    part = replace(texts, ids=texts.ids[: texts.offsets[16]], offsets=texts.offsets[:17])
    return LabelledRows(part, training.labels[:16]), validation


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ENCODING)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_trained_model_is_a_plain_checkpoint(home, checkpoints, few, tmp_path, family, strategy):
    config = config_of(strategy).changed(epochs=1)
    if (family, strategy) == ("modernbert", "bitfit"):
        with pytest.raises(SourceError, match="have none"):
            plan(fresh(checkpoints, family, config).model, config)
        return
    classifier = fresh(checkpoints, family, config)
    before = {name: weight.detach().clone() for name, weight in classifier.model.named_parameters()}
    allowed = set(plan(classifier.model, config).rates)
    events = list(taught(classifier.model, config, few))
    moved = {
        name for name, weight in classifier.model.named_parameters() if not torch.equal(weight.detach(), before[name])
    }
    assert moved and moved <= allowed
    detach(classifier.model)
    expected = score(classifier.model, few[1].encoded, "cpu", False)
    classifier.save(tmp_path / "saved")
    plain, info = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    assert plain.config.id2label == {0: "neg", 1: "pos"}
    assert score(plain, few[1].encoded, "cpu", False) == pytest.approx(expected, abs=1e-4)
    assert isinstance(events[-1], TrainingDone)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", RESUMED)
def test_a_resumed_training_ends_exactly_like_an_unbroken_one(home, checkpoints, rows, few, strategy):
    config = config_of(strategy)
    rows = few if strategy == "few_shot" else rows
    whole = fresh(checkpoints, "bert", config).model
    list(taught(whole, config, rows))
    looks = iter(range(1000))
    broken = fresh(checkpoints, "bert", config).model
    state, best = None, None
    halt = 12 if strategy == "lp_ft" else 8  # the probe looks a few times, too
    for event in taught(broken, config, rows, should_stop=lambda: next(looks) >= halt):
        if isinstance(event, CheckpointDue):
            state = torch.load(_copy(event.state()), weights_only=True)
        best = dict(event.weights) if isinstance(event, Improved) else best
    assert state["numbers"]["step"] < 12
    resumed = fresh(checkpoints, "bert", config).model
    list(taught(resumed, config, rows, resume=state, best_weights=best))
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name


def _copy(state):
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    return buffer


def test_cheap_strategies_train_few_weights(home, checkpoints, rows):
    trained = {}
    for strategy in ENCODING:
        config = config_of(strategy)
        events = taught(fresh(checkpoints, "bert", config).model, config, rows)
        trained[strategy] = next(event for event in events if isinstance(event, Started)).trained_parameters
    assert trained["linear_probe"] < trained["ia3"] < trained["bitfit"] < trained["top_k"] < trained["full"]
    assert trained["lora"] < trained["top_k"]
    assert trained["gradual"] == trained["llrd"] == trained["full"] == trained["few_shot"]
