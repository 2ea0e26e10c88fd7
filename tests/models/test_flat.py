"""Batches without padding: the same numbers as padded ones, and no text sees another."""

import copy

import numpy as np
import pytest
import torch
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    DistilBertConfig,
    ElectraConfig,
    ModernBertConfig,
    MPNetConfig,
    RobertaConfig,
    XLMRobertaConfig,
)

from core.models.flat import NAME, can_be_flat, first_position, flat_logits, prepare, runs_flat, train_flat
from core.models.pooling import average_tokens
from core.training.batches import collate, collate_flat
from core.training.encoding import Encoded
from core.training.forward import logits_of

SIZES = {
    "vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
    "max_position_embeddings": 64, "num_labels": 3,
}  # fmt: skip
PLAIN = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
# ModernBERT: a full layer, then two that see 4 tokens to each side, far less than the texts are long
MODERN = {
    **SIZES, "num_hidden_layers": 3, "local_attention": 8, "global_attn_every_n_layers": 3, "pad_token_id": 0,
    "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2,
}  # fmt: skip
KINDS = {
    "bert": BertConfig(**SIZES, **PLAIN),
    "bert pairs": BertConfig(**SIZES, **PLAIN),
    "bert mean": BertConfig(**SIZES, **PLAIN),
    "roberta": RobertaConfig(**SIZES, **PLAIN, pad_token_id=1),
    "roberta mean": RobertaConfig(**SIZES, **PLAIN, pad_token_id=1),
    "xlm-roberta": XLMRobertaConfig(**SIZES, **PLAIN, pad_token_id=1),
    "electra": ElectraConfig(**SIZES, **PLAIN, embedding_size=16),
    "electra mean": ElectraConfig(**SIZES, **PLAIN, embedding_size=16),
    "distilbert": DistilBertConfig(
        vocab_size=100,
        dim=32,
        n_layers=2,
        n_heads=4,
        hidden_dim=64,
        max_position_embeddings=64,
        num_labels=3,
        dropout=0.0,
        attention_dropout=0.0,
        seq_classif_dropout=0.0,
        pad_token_id=0,
    ),
    "modernbert": ModernBertConfig(**MODERN, classifier_pooling="cls"),
    "modernbert mean": ModernBertConfig(**MODERN, classifier_pooling="mean"),
}
ROWS = np.array([4, 0, 3, 1])  # of five texts, in an order of their own


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def classifier(kind):
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_config(copy.deepcopy(KINDS[kind]))
    if kind.endswith("mean"):
        average_tokens(model)
    with torch.no_grad():  # small random weights would hide what attention does
        for weight in model.parameters():
            weight.mul_(3.0 if weight.requires_grad and weight.ndim == 2 else 1.0)
    return model.train()


def five_texts(kind, seed=0):
    draw = np.random.default_rng(seed)
    lengths = np.array([17, 40, 5, 2, 23])
    ids = draw.integers(5, 100, lengths.sum()).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    types = None
    if kind == "bert pairs":
        types = np.concatenate([np.arange(length) >= length // 2 for length in lengths]).astype(np.int8)
    return Encoded(ids, types, offsets, 0, int(KINDS[kind].pad_token_id))


def flat(model, encoded, rows=ROWS):
    return flat_logits(model, collate_flat(encoded, rows, "cpu", first_position(model.config)))


def test_flat_and_padded_batches_give_the_same_logits_and_gradients(kind):
    model, encoded = classifier(kind), five_texts(kind)
    padded = model(**collate(encoded, ROWS, "cpu")).logits
    torch.nn.functional.cross_entropy(padded, torch.tensor([0, 1, 2, 0])).backward()
    expected = {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}
    model.zero_grad()
    logits = flat(model, encoded)
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 2, 0])).backward()
    assert padded.std(dim=0).max() > 1e-2  # the texts differ, so an error could be seen
    assert (logits - padded).abs().max() <= 1e-5
    found = {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}
    assert found.keys() == expected.keys()
    for name, gradient in found.items():
        assert (gradient - expected[name]).abs().max() <= 1e-5 * max(1.0, float(expected[name].abs().max())), name


def test_no_text_sees_its_neighbour(kind):
    model, encoded = classifier(kind).eval(), five_texts(kind)
    ids = encoded.ids.copy()
    ids[encoded.offsets[0] : encoded.offsets[1]] = five_texts(kind, seed=1).ids[encoded.offsets[0] : encoded.offsets[1]]
    changed = Encoded(ids, encoded.types, encoded.offsets, 0, encoded.pad)
    with torch.no_grad():
        before, after = flat(model, encoded), flat(model, changed)
    others = ROWS != 0
    assert torch.equal(before[others], after[others])
    assert (before[~others] - after[~others]).abs().max() > 1e-4


def test_a_prepared_model_takes_padded_batches_as_before(kind):
    model, encoded = classifier(kind).eval(), five_texts(kind)
    batch = collate(encoded, ROWS, "cpu")
    with torch.no_grad():
        before = model(**batch).logits
        prepare(model)
        prepare(model)
        assert torch.equal(model(**batch).logits, before)


def test_a_single_text_is_a_batch_too(kind):
    model, encoded = classifier(kind).eval(), five_texts(kind)
    with torch.no_grad():
        alone, together = flat(model, encoded, ROWS[:1]), flat(model, encoded)
    assert torch.allclose(alone, together[:1], atol=1e-5)


def test_a_copy_of_a_prepared_model_computes_with_its_own_weights(kind):
    model, encoded = classifier(kind).eval(), five_texts(kind)
    prepare(model)
    other = copy.deepcopy(model)
    with torch.no_grad():
        before = flat(model, encoded)
        assert torch.equal(flat(other, encoded), before)
        for weight in other.parameters():
            weight.zero_()
        assert torch.equal(flat(model, encoded), before)
        assert not torch.equal(flat(other, encoded), before)


def test_adapters_in_the_attention_are_computed_by_their_own_layers():
    from peft import LoraConfig, inject_adapter_in_model

    model, encoded = classifier("bert").eval(), five_texts("bert")
    prepare(model)
    inject_adapter_in_model(LoraConfig(r=2, target_modules=["query", "value"], init_lora_weights=False), model)
    with torch.no_grad():
        assert torch.allclose(flat(model, encoded), model(**collate(encoded, ROWS, "cpu")).logits, atol=1e-5)


def test_gradients_survive_checkpointed_layers():
    model, encoded = classifier("bert mean"), five_texts("bert mean")
    flat(model, encoded).square().sum().backward()
    expected = model.bert.embeddings.word_embeddings.weight.grad.clone()
    model.zero_grad()
    model.activation_checkpointing_enable({"use_reentrant": False})
    flat(model, encoded).square().sum().backward()
    assert torch.allclose(model.bert.embeddings.word_embeddings.weight.grad, expected, atol=1e-6)


def test_the_saved_config_does_not_name_the_flat_attention(tmp_path):
    model = classifier("bert")
    prepare(model)
    model.save_pretrained(tmp_path)
    assert NAME not in (tmp_path / "config.json").read_text()


def test_batches_stay_padded_where_there_is_no_kernel_for_the_others():
    model, encoded = classifier("bert").eval(), five_texts("bert")
    assert not runs_flat(model, "cpu")
    assert not runs_flat(model, "cuda:0")  # autocast to bf16 is off
    assert not can_be_flat(MPNetConfig())
    assert not can_be_flat(BertConfig(hidden_size=36, num_attention_heads=12))  # heads 3 wide
    with torch.no_grad():
        logits_of(model, encoded, ROWS, "cpu")
    assert model.config._attn_implementation != NAME


@pytest.fixture
def bf16_on_cuda():
    """Autocast as it is inside a forward pass on a CUDA card; the flags can be set without one."""
    torch.set_autocast_enabled("cuda", True)
    torch.set_autocast_dtype("cuda", torch.bfloat16)
    yield
    torch.set_autocast_enabled("cuda", False)
    torch.set_autocast_dtype("cuda", torch.float16)


def test_a_cuda_card_goes_flat_and_trains_so_only_where_attention_dropout_was_given_up(bf16_on_cuda):
    model = classifier("bert")
    assert runs_flat(model.eval(), "cuda:0")
    assert not runs_flat(model.train(), "cuda:0")
    train_flat(model)
    assert runs_flat(model, "cuda:0")
    assert not runs_flat(model, "cpu")
    torch.set_autocast_dtype("cuda", torch.float16)
    assert not runs_flat(model, "cuda:0")


def test_a_flat_batch_holds_each_text_once_with_its_own_positions():
    encoded = five_texts("bert pairs")
    batch = collate_flat(encoded, np.array([3, 2]), "cpu", first_position=2)
    assert batch["cu_seq_lens_q"].tolist() == [0, 2, 7]
    assert batch["cu_seq_lens_q"].dtype == torch.int32
    assert batch["max_length_q"] == 5
    assert batch["position_ids"].tolist() == [[2, 3, 2, 3, 4, 5, 6]]
    assert batch["input_ids"][0].tolist() == [*encoded.ids[62:64], *encoded.ids[57:62]]
    assert batch["token_type_ids"].tolist() == [[0, 1, 0, 0, 1, 1, 1]]
