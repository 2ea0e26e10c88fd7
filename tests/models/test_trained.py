"""What a strategy trains, counted without any weights."""

import numpy as np
import pytest

from core.config import RunConfig
from core.models.adapters import attach
from core.models.classifier import load_classifier
from core.models.trained import trained_weights
from core.strategies.registry import STRATEGIES
from core.training.encoding import encode
from core.training.events import Started
from core.training.job import LabelledRows
from tests.conftest import sentences
from tests.families import taught


@pytest.mark.slow
@pytest.mark.parametrize("pooling", ["cls", "mean"])
@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if STRATEGIES[name].teacher.encodes])
def test_the_count_is_what_the_training_tells(home, tiny_encoder, strategy, pooling):
    config = RunConfig("x", model=str(tiny_encoder), strategy=strategy, top_layers=1, pooling=pooling)
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=0, pooling=pooling)
    pairs = sentences(8)
    rows = LabelledRows(
        encode([t for t, _ in pairs], classifier.tokenizer, 32), np.array([k == "pos" for _, k in pairs]) * 1
    )
    attach(classifier.model, config)
    events = taught(classifier.model, config, (rows, rows))
    started = next(event for event in events if isinstance(event, Started))
    found = trained_weights(config, 2)
    assert found.trained == started.trained_parameters
    assert found.why_not == ""
    assert found.total == started.parameters  # neither an averaging layer nor what an adapter adds for a while


def test_a_strategy_that_does_not_fit_says_why(home, tiny_encoder):
    found = trained_weights(RunConfig("x", model=str(tiny_encoder), strategy="top_k", top_layers=2), 2)
    assert found.trained == 0 and "2 layers" in found.why_not
