"""The fast paths of attention and dropout do what the plain ones do."""

import numpy as np
import pytest
import torch

from core.models import attention
from core.models.attention import NAME, attend, use_fast_attention
from core.models.classifier import load_classifier
from core.models.dropout import ByteDropout, use_cheap_dropout
from core.training.batches import collate
from core.training.encoding import encode
from core.training.scoring import score
from tests.conftest import sentences


@pytest.mark.parametrize("tokens", [5, 32, 70])
@pytest.mark.parametrize("masked", ["not", "keys", "queries and keys"])
@pytest.mark.parametrize("kept", ["kept", "computed again", "flash"])
def test_it_attends_as_the_formula_says_forward_and_backward(tokens, masked, kept, monkeypatch):
    monkeypatch.setattr(attention, "PIECE", 3 * tokens * 96 * 4)  # a row or a few at a time
    monkeypatch.setattr(attention, "KEPT", 512 if kept == "kept" else 0)
    monkeypatch.setattr(attention, "LONGEST", 0 if kept == "flash" else 512)
    torch.manual_seed(0)
    given = [torch.randn(4, 3, tokens, 8, requires_grad=True) for _ in range(3)]
    query, key, value = given
    mask = torch.ones(4, 1, tokens if masked == "queries and keys" else 1, tokens, dtype=torch.bool)
    if masked != "not":
        mask[1, :, :, 3:] = False
    if masked == "queries and keys":  # a window, as ModernBERT has it
        mask &= (torch.arange(tokens)[:, None] - torch.arange(tokens)[None]).abs() <= 2
    scores = (query @ key.transpose(2, 3)) / 8**0.5
    expected = (torch.softmax(scores.masked_fill(~mask, float("-inf")), -1) @ value).transpose(1, 2)
    found, _ = attend(torch.nn.Identity(), *given, None if masked == "not" else mask, scaling=8**-0.5)
    rows = slice(None) if masked != "queries and keys" else [0, 2, 3]  # a query that sees nothing has no answer
    assert torch.allclose(found[rows], expected[rows], atol=1e-5)
    found, expected = (torch.autograd.grad(out[rows].square().sum(), given) for out in (found, expected))
    for ours, theirs in zip(found, expected, strict=True):
        assert torch.allclose(ours[rows], theirs[rows], atol=1e-4)


def test_long_texts_do_not_keep_the_weights_of_attention_for_the_way_back(monkeypatch):
    given = [torch.randn(1, 1, 64, 8, requires_grad=True) for _ in range(3)]
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda each: (kept.append(each.shape), each)[1], lambda each: each):
        attend(torch.nn.Identity(), *given, None)
        assert (1, 1, 64, 64) in kept
        kept.clear()
        monkeypatch.setattr(attention, "KEPT", 63)
        attend(torch.nn.Identity(), *given, None)
    assert kept and (1, 1, 64, 64) not in kept


def test_a_model_gives_the_same_logits_and_saves_the_same_config(home, tiny_encoder, tmp_path):
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=0)
    model = classifier.model.eval()
    batch = collate(encode([text for text, _ in sentences(6)], classifier.tokenizer, 32), np.arange(6), "cpu")
    before = model(**batch).logits
    assert use_fast_attention(model, "cpu") and model.config._attn_implementation == NAME
    assert torch.allclose(model(**batch).logits, before, atol=1e-5)
    model.save_pretrained(tmp_path)
    assert NAME not in (tmp_path / "config.json").read_text()


def test_scoring_leaves_a_training_its_own_attention(home, tiny_encoder):
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=0)
    model, encoded = classifier.model, encode([text for text, _ in sentences(6)], classifier.tokenizer, 32)
    before = model.config._attn_implementation
    score(model, encoded, "cpu", False)
    assert model.config._attn_implementation == before != NAME
    use_fast_attention(model, "cpu")
    score(model, encoded, "cpu", False)
    assert model.config._attn_implementation == NAME


def test_dropout_zeroes_its_share_and_keeps_the_mean():
    torch.manual_seed(0)
    drop = ByteDropout(0.25)
    given = torch.ones(200_000, requires_grad=True)
    left = drop(given)
    left.sum().backward()
    assert (left == 0).float().mean().item() == pytest.approx(0.25, abs=0.005)
    assert left.mean().item() == pytest.approx(1.0, abs=0.01)
    assert torch.equal(given.grad, left.detach())
    assert torch.equal(drop.eval()(given), given)


def test_dropout_follows_torchs_seed():
    drop, given = ByteDropout(0.5), torch.ones(100)
    torch.manual_seed(3)
    first, second = drop(given), drop(given)
    torch.manual_seed(3)
    assert torch.equal(drop(given), first) and not torch.equal(first, second)


def test_every_dropout_of_a_model_is_replaced_with_its_share(home, tiny_encoder):
    model = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=0).model
    before = [module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)]
    use_cheap_dropout(model, "cpu")
    after = [module for module in model.modules() if isinstance(module, torch.nn.Dropout)]
    assert all(isinstance(module, ByteDropout) for module in after) and [module.p for module in after] == before
