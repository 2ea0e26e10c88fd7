"""The fast paths of attention and dropout do what the plain ones do."""

import numpy as np
import pytest
import torch

from core.models.attention import NAME, SHORT, attend, use_fast_attention
from core.models.classifier import load_classifier
from core.models.dropout import ByteDropout, use_cheap_dropout
from core.training.batches import collate, encode
from core.training.scoring import score
from tests.conftest import sentences


@pytest.mark.parametrize("tokens", [5, SHORT, SHORT + 1, 100])
@pytest.mark.parametrize("masked", [False, True])
def test_both_paths_attend_as_the_formula_says(tokens, masked):
    torch.manual_seed(0)
    query, key, value = (torch.randn(2, 3, tokens, 8, requires_grad=True) for _ in range(3))
    mask = torch.ones(2, 1, 1, tokens, dtype=torch.bool)
    mask[1, :, :, 3:] = not masked
    scores = (query @ key.transpose(2, 3)) / 8**0.5
    expected = (torch.softmax(scores.masked_fill(~mask, float("-inf")), -1) @ value).transpose(1, 2)
    found, _ = attend(torch.nn.Identity(), query, key, value, mask if masked else None, scaling=8**-0.5)
    assert torch.allclose(found, expected, atol=1e-5)
    gradients = [torch.autograd.grad(out.square().sum(), query, retain_graph=True)[0] for out in (found, expected)]
    assert torch.allclose(*gradients, atol=1e-4)


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
