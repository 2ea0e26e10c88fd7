"""Packed weights give the same scores and leave no trace."""

import copy

import numpy as np
import pytest
import torch

from core.models.classifier import load_classifier
from core.models.packed import _layers, _possible, packed
from core.training.batches import collate
from core.training.encoding import encode
from core.training.scoring import autocast
from tests.conftest import sentences

if not _possible():
    pytest.skip("oneDNN has no bf16 products on this processor", allow_module_level=True)


@pytest.fixture
def classifier(home):
    made = load_classifier("minilm", ("neg", "pos"), seed=0)
    made.model.eval()
    return made


def _logits(classifier):
    batch = collate(encode([text for text, _ in sentences(6)], classifier.tokenizer, 32), np.arange(6), "cpu")
    with torch.inference_mode(), autocast("cpu", True):
        return classifier.model(**batch).logits.float()


def test_packed_layers_give_the_same_scores(classifier):
    plain = _logits(classifier)
    with packed(classifier.model, "cpu", True, 10_000):
        assert not _layers(classifier.model)  # every one computes otherwise now
        found = _logits(classifier)
    assert torch.allclose(found, plain, atol=2e-2)
    assert torch.equal(_logits(classifier), plain)


def test_the_next_scores_follow_what_was_learned_in_between(classifier):
    with packed(classifier.model, "cpu", True, 10_000):
        before = _logits(classifier)
    with torch.no_grad():
        for layer in _layers(classifier.model):
            layer.weight.mul_(1.5)
    plain = _logits(classifier)
    with packed(classifier.model, "cpu", True, 10_000):
        after = _logits(classifier)
    assert not torch.allclose(after, before, atol=2e-2) and torch.allclose(after, plain, atol=2e-2)


@pytest.mark.parametrize("device, bf16, tokens", [("cuda", True, 10_000), ("cpu", False, 10_000), ("cpu", True, 100)])
def test_elsewhere_nothing_changes(classifier, device, bf16, tokens):
    layers = len(_layers(classifier.model))
    with packed(classifier.model, device, bf16, tokens):
        assert len(_layers(classifier.model)) == layers > 30


def test_a_failing_pass_leaves_the_layers_as_they_were(classifier):
    untouched = copy.deepcopy(classifier.model.state_dict())
    with pytest.raises(RuntimeError, match="on purpose"), packed(classifier.model, "cpu", True, 10_000):
        raise RuntimeError("on purpose")
    assert len(_layers(classifier.model)) > 30
    assert all(torch.equal(value, untouched[name]) for name, value in classifier.model.state_dict().items())
