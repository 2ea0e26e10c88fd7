"""A frozen trunk gives the same training from vectors that were computed once."""

import numpy as np
import pytest
import torch

from core.array_cache import ArrayCache
from core.config import RunConfig
from core.models.classifier import load_classifier
from core.training.batches import collate
from core.training.encoding import encode
from core.training.events import Progress, StepLogged, TrainingDone
from core.training.frozen_prefix import FrozenPrefix
from core.training.job import LabelledRows
from core.training.loop import train
from tests.conftest import sentences
from tests.families import FAMILIES, LABELS
from tests.training.jobs import job_of


@pytest.mark.parametrize("family", [name for name in FAMILIES])
def test_skipping_the_trunk_changes_no_logit(home, checkpoints, family):
    classifier = load_classifier(str(checkpoints / family), LABELS, seed=7)
    model = classifier.model.eval()
    encoded = encode([text for text, _ in sentences(12)], classifier.tokenizer, 32)
    trunk = FrozenPrefix(model, 1)
    vectors = np.zeros((encoded.tokens, trunk.width), np.float16)
    assert list(trunk.encode(encoded, "cpu", False, vectors))[-1] == 12
    trunk.use(vectors)
    trunk.learn_shape(encoded, "cpu", False)
    rows = np.array([3, 0, 7])
    with torch.inference_mode():
        whole = model(**collate(encoded, rows, "cpu")).logits
        with trunk.skipped(encoded, rows, "cpu"):
            skipped = model(**collate(encoded, rows, "cpu")).logits
        again = model(**collate(encoded, rows, "cpu")).logits
    assert torch.equal(whole, again)
    assert skipped.numpy() == pytest.approx(whole.numpy(), abs=2e-3)  # float16 between the layers


def test_a_second_training_takes_the_vectors_from_disk(home, tiny_encoder):
    config = RunConfig("x", strategy="top_k", top_layers=1, epochs=1, batch_size=8, learning_rate=1e-3)
    found = []
    for _ in range(2):
        classifier = load_classifier(str(tiny_encoder), LABELS, seed=7)
        pairs = sentences(24)
        rows = LabelledRows(
            encode([text for text, _ in pairs], classifier.tokenizer, 32),
            np.array([LABELS.index(label) for _, label in pairs]),
        )
        found.append(list(train(job_of(config, classifier.model, rows, rows, cache=ArrayCache("trunks")))))
    first, second = found
    assert any(isinstance(event, Progress) and event.phase == "encoding" for event in first)
    assert not any(isinstance(event, Progress) and event.phase == "encoding" for event in second)
    losses = [[event.loss for event in events if isinstance(event, StepLogged)] for events in found]
    assert losses[0] == losses[1]


def test_a_stop_while_the_texts_are_encoded_ends_the_training(home, tiny_encoder):
    classifier = load_classifier(str(tiny_encoder), LABELS, seed=7)
    rows = LabelledRows(encode([text for text, _ in sentences(24)], classifier.tokenizer, 32), np.zeros(24, np.int64))
    config = RunConfig("x", strategy="top_k", top_layers=1, epochs=1, batch_size=8)
    events = list(train(job_of(config, classifier.model, rows, rows, should_stop=lambda: True)))
    assert isinstance(events[-1], TrainingDone) and events[-1].stopped
