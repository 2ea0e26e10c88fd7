"""Every strategy on every family of encoders: trained, saved, and loaded by transformers alone."""

import io
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    BertConfig,
    DebertaConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    ModernBertConfig,
    MPNetConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
    XLMRobertaConfig,
)

from core.config import STRATEGIES, RunConfig
from core.errors import SourceError
from core.models.classifier import load_classifier
from core.models.strategies import attach, depths, detach, plan
from core.training.batches import encode
from core.training.events import CheckpointDue, Improved, Started, TrainingDone
from core.training.few_shot import few_shot
from core.training.job import LabelledRows
from core.training.loop import train
from core.training.probe import probe, probe_then_tune
from core.training.scoring import score
from tests.conftest import BAD, GOOD, THINGS, sentences
from tests.training.jobs import job_of

SIZES = {
    "vocab_size": 40, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
    "max_position_embeddings": 80,
}  # fmt: skip
FAMILIES = {
    "bert": BertConfig(**SIZES),
    "roberta": RobertaConfig(**SIZES),
    "xlm-roberta": XLMRobertaConfig(**SIZES),
    "electra": ElectraConfig(**SIZES, embedding_size=32),
    "mpnet": MPNetConfig(**SIZES),
    "deberta": DebertaConfig(**SIZES, relative_attention=True, pos_att_type=["p2c", "c2p"]),
    "deberta-v2": DebertaV2Config(**SIZES, relative_attention=True, pos_att_type=["p2c", "c2p"]),
    "distilbert": DistilBertConfig(
        vocab_size=40, dim=32, n_layers=2, n_heads=2, hidden_dim=64, max_position_embeddings=80
    ),
    "modernbert": ModernBertConfig(
        **SIZES, pad_token_id=0, cls_token_id=2, sep_token_id=3, bos_token_id=2, eos_token_id=3
    ),
}
TRAINED = [name for name in STRATEGIES if name not in ("linear_probe", "scratch", "few_shot")]
RESUMED = [name for name in STRATEGIES if name not in ("linear_probe", "scratch")]
WAYS = {"lp_ft": probe_then_tune, "linear_probe": probe, "few_shot": few_shot}
LABELS = ("neg", "pos")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("families")
    for name, config in FAMILIES.items():
        torch.manual_seed(0)
        AutoModel.from_config(config).save_pretrained(folder / name)
        words().save_pretrained(folder / name)
    return folder


def words():
    """A tokenizer of whole words, small and quick to load."""
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", *GOOD, *BAD, *THINGS]
    inner = Tokenizer(models.WordLevel({word: at for at, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="[PAD]", unk_token="[UNK]")


@pytest.fixture(scope="module")
def rows():
    tokenizer = words()

    def of(pairs):
        numbers = np.array([LABELS.index(label) for _, label in pairs])
        return LabelledRows(encode([text for text, _ in pairs], tokenizer, 32), numbers)

    return of(sentences(48)), of(sentences(16, seed=1))


@pytest.fixture(scope="module")
def few(rows):
    """Two batches to train on."""
    training, validation = rows
    texts = training.encoded
    part = replace(texts, ids=texts.ids[: texts.offsets[16]], offsets=texts.offsets[:17])
    return LabelledRows(part, training.labels[:16]), validation


def config_of(strategy, **changes):
    base = RunConfig("x", strategy=strategy, epochs=2, batch_size=8, learning_rate=3e-3, checkpoint_seconds=0)
    return base.changed(top_layers=1, **changes)


def fresh(checkpoints, family, config):
    classifier = load_classifier(
        str(checkpoints / family), LABELS, seed=7, scratch=config.strategy == "scratch", pooling=config.pooling
    )
    attach(classifier.model, config)
    return classifier


def run(model, config, rows, **keywords):
    return list(WAYS.get(config.strategy, train)(job_of(config, model, *rows, **keywords)))


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_trained_model_is_a_plain_checkpoint(home, checkpoints, few, tmp_path, family, strategy):
    config = config_of(strategy).changed(epochs=1)
    if (family, strategy) == ("modernbert", "bitfit"):
        with pytest.raises(SourceError, match="have none"):
            plan(fresh(checkpoints, family, config).model, config)
        return
    classifier = fresh(checkpoints, family, config)
    before = {name: weight.detach().clone() for name, weight in classifier.model.named_parameters()}
    events = run(classifier.model, config, few)
    moved = {
        name for name, weight in classifier.model.named_parameters() if not torch.equal(weight.detach(), before[name])
    }
    allowed = set(plan(classifier.model, config).rates) if strategy in TRAINED else set(before)
    assert moved and moved <= allowed
    detach(classifier.model)
    expected = score(classifier.model, few[1].encoded, "cpu", False)
    classifier.save(tmp_path / "saved")
    plain, info = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    assert plain.config.id2label == {0: "neg", 1: "pos"}
    assert score(plain, few[1].encoded, "cpu", False) == pytest.approx(expected, abs=1e-4)
    assert isinstance(events[-1], TrainingDone)


@pytest.mark.parametrize("strategy", RESUMED)
def test_a_resumed_training_ends_exactly_like_an_unbroken_one(home, checkpoints, rows, few, strategy):
    config = config_of(strategy)
    rows = few if strategy == "few_shot" else rows
    whole = fresh(checkpoints, "bert", config).model
    run(whole, config, rows)
    looks = iter(range(1000))
    broken = fresh(checkpoints, "bert", config).model
    state, best = None, None
    way = WAYS.get(strategy, train)
    halt = 12 if strategy == "lp_ft" else 8  # the probe looks a few times, too
    for event in way(job_of(config, broken, *rows, should_stop=lambda: next(looks) >= halt)):
        if isinstance(event, CheckpointDue):
            state = torch.load(_copy(event.state()), weights_only=True)
        best = dict(event.weights) if isinstance(event, Improved) else best
    assert state["numbers"]["step"] < 12
    resumed = fresh(checkpoints, "bert", config).model
    run(resumed, config, rows, resume=state, best_weights=best)
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name


def _copy(state):
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    return buffer


@pytest.mark.parametrize("family", FAMILIES)
def test_depths_count_from_the_embeddings_to_the_head(home, checkpoints, family):
    depth, layers = depths(fresh(checkpoints, family, config_of("full")).model)
    assert layers == 2
    assert set(depth.values()) == {0, 1, 2, 3}
    assert all(level == 3 for name, level in depth.items() if name.startswith("classifier"))


def test_cheap_strategies_train_few_weights(home, checkpoints, rows):
    trained = {}
    for strategy in STRATEGIES:
        config = config_of(strategy)
        model = fresh(checkpoints, "bert", config).model
        way = WAYS.get(strategy, train)
        events = way(job_of(config, model, *rows))
        trained[strategy] = next(each for each in events if isinstance(each, Started)).trained_parameters
    assert trained["linear_probe"] < trained["ia3"] < trained["bitfit"] < trained["top_k"] < trained["full"]
    assert trained["lora"] < trained["top_k"]
    assert trained["gradual"] == trained["llrd"] == trained["full"] == trained["few_shot"]


def test_lower_layers_get_smaller_rates(home, checkpoints):
    for strategy, decay in (("llrd", 0.5), ("gradual", 1 / 2.6)):
        config = config_of(strategy, layer_decay=0.5)
        model = fresh(checkpoints, "bert", config).model
        found = plan(model, config).rates
        rates = [found[f"bert.encoder.layer.{layer}.output.dense.weight"] for layer in (1, 0)]
        assert [below / above for above, below in pairwise(rates)] == pytest.approx([decay])


def test_gradual_thawing_begins_with_the_head_and_ends_with_the_embeddings(home, checkpoints, rows):
    config = config_of("gradual", epochs=4)
    model = fresh(checkpoints, "bert", config).model
    thawed = []
    for event in train(job_of(config, model, *rows)):
        if not isinstance(event, Started | TrainingDone):
            thawed.append(sum(weight.requires_grad for weight in model.parameters()))
    assert thawed == sorted(thawed) and thawed[0] < thawed[-1] == len(list(model.parameters()))


def test_too_many_top_layers_are_refused_with_their_number(home, checkpoints):
    config = config_of("top_k").changed(top_layers=2)
    with pytest.raises(SourceError, match="has 2 layers"):
        plan(fresh(checkpoints, "bert", config).model, config)
