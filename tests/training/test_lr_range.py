"""The learning-rate range test: where the loss falls fastest, and where it breaks."""

import numpy as np
import pytest

from core.config import RunConfig
from core.models.classifier import load_classifier
from core.training.encoding import encode
from core.training.events import Progress
from core.training.job import LabelledRows
from core.training.lr_range import HIGH, LOW, RateRange, rate_range, read_curve
from tests.conftest import sentences


def test_the_suggestion_lies_where_the_loss_falls_fastest():
    rates = np.geomspace(1e-7, 1e-1, 80)
    losses = 0.4 + 0.6 / (1 + (rates / 1e-4) ** 1.5) + np.where(rates > 1e-2, 50 * rates, 0)
    found = read_curve(rates, losses)
    assert found.suggestion is not None and 5e-5 < found.suggestion < 2e-4
    assert found.breaks is not None and 1e-2 < found.breaks < 1e-1
    assert f"{found.suggestion:g}" in found.sentence


def test_a_loss_that_never_falls_gives_no_suggestion():
    found = read_curve(np.geomspace(1e-7, 1e-1, 80), 0.7 + 0.003 * np.sin(np.arange(80)))
    assert found.suggestion is None and "cannot tell" in found.sentence


def test_it_trains_with_growing_rates_and_tells_its_progress(home, tiny_encoder):
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=0)
    pairs = sentences(40)
    texts = encode([text for text, _ in pairs], classifier.tokenizer, 32)
    rows = LabelledRows(texts, np.array([label == "pos" for _, label in pairs]).astype(np.int64))
    events = list(rate_range(RunConfig("x", batch_size=8), classifier.model, rows, device="cpu", bf16=False, steps=30))
    told = [event for event in events if isinstance(event, Progress)]
    found = events[-1]
    assert isinstance(found, RateRange) and len(told) >= len(found.rates) - 1
    assert found.rates[0] == pytest.approx(LOW) and found.rates[-1] <= HIGH * 1.001
    assert len(found.losses) == len(found.smooth) == len(found.rates) and all(np.isfinite(found.losses))
