import numpy as np
import pytest
import torch

from core.models.classifier import load_classifier
from core.models.memory import recompute_layers
from core.training.batches import collate
from core.training.encoding import encode


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_computing_twice_gives_the_same_gradients(home, tiny_encoder, pooling):
    gradients = []
    for twice in (False, True):
        classifier = load_classifier(str(tiny_encoder), ("a", "b"), seed=0, pooling=pooling)
        model = classifier.model.train()
        if twice:
            recompute_layers(model)
        batch = collate(encode(["good film", "bad film indeed"], classifier.tokenizer, 16), np.arange(2), "cpu")
        torch.manual_seed(1)  # the same dropout, which the second computation must repeat
        model(**batch).logits.square().sum().backward()
        gradients.append({name: weight.grad for name, weight in model.named_parameters() if weight.requires_grad})
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[0].items():
        assert torch.allclose(gradient, gradients[1][name], atol=1e-7), name
