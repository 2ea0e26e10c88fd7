"""However a batch is divided, its update is the same."""

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.models.classifier import load_classifier
from core.training.encoding import encode
from core.training.gradients import BatchGradients
from core.training.job import LabelledRows
from tests.conftest import sentences
from tests.training.jobs import job_of

TEXTS = [text for text, _ in sentences(16, seed=5)]
ONE = np.array([0] * 14 + [1] * 2)
SEVERAL = np.array([[1, 0, 0]] * 13 + [[0, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=np.float32)
SCORES = np.linspace(-3, 9, 16, dtype=np.float32)
LOSSES = {
    "plain": {}, "class_weights": {"class_weights": True}, "focal": {"focal_gamma": 2.0},
    "smoothing": {"label_smoothing": 0.1},
    "all_of_them": {"class_weights": True, "focal_gamma": 2.0, "label_smoothing": 0.1},
}  # fmt: skip


def gradients(encoder, targets, problem, shards=1, **settings):
    outputs = 1 if targets.ndim == 1 and targets.dtype.kind == "f" else 2 if targets.ndim == 1 else targets.shape[1]
    names = tuple("abc"[:outputs])
    classifier = load_classifier(str(encoder), names, seed=7, problem_type=problem)
    config = RunConfig("x", batch_size=16, dropout="none", **settings)
    rows = LabelledRows(encode(TEXTS, classifier.tokenizer, 32), targets)
    job = job_of(config, classifier.model.eval(), rows, rows)
    batch, computing = np.arange(16), BatchGradients(job, None)
    losses = [computing.compute(batch[shard::shards], batch) for shard in range(shards)]
    found = {name: weight.grad.clone() for name, weight in job.model.named_parameters() if weight.grad is not None}
    return found, losses


@pytest.mark.slow
@pytest.mark.parametrize("settings", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("divided", [{"accumulate": 4}, {"accumulate": 16}, {"shards": 2}, {"shards": 20}], ids=str)
@pytest.mark.parametrize(
    ("targets", "problem"),
    [(ONE, "single_label_classification"), (SEVERAL, "multi_label_classification"), (SCORES, "regression")],
    ids=["one_label", "several_labels", "scores"],
)
def test_a_batch_in_pieces_has_the_gradients_of_the_whole(home, tiny_encoder, settings, divided, targets, problem):
    whole, losses = gradients(tiny_encoder, targets, problem, **settings)
    parts, _ = gradients(tiny_encoder, targets, problem, **settings, **divided)
    assert torch.isfinite(losses[0]) and whole.keys() == parts.keys()
    for name, gradient in whole.items():
        assert torch.allclose(gradient, parts[name], atol=1e-5, rtol=1e-4), name


def test_a_rare_class_counts_as_much_as_the_others_in_one_row_pieces(home, tiny_encoder):
    plain, _ = gradients(tiny_encoder, ONE, "single_label_classification", accumulate=16)
    even, _ = gradients(tiny_encoder, ONE, "single_label_classification", accumulate=16, class_weights=True)
    assert not torch.allclose(plain["classifier.bias"], even["classifier.bias"], atol=1e-3)
