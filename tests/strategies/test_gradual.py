from itertools import pairwise

import pytest

from core.models.trained import plan
from core.strategies.registry import STRATEGIES
from core.training.events import Started, TrainingDone
from tests.conftest import sentences
from tests.families import config_of, fresh, taught, word_rows


def test_gradual_thawing_begins_with_the_head_and_ends_with_the_embeddings(home, checkpoints):
    rows = word_rows(sentences(48)), word_rows(sentences(16, seed=1))
    config = config_of("gradual", epochs=4)
    model = fresh(checkpoints, "bert", config).model
    thawed = []
    for event in taught(model, config, rows):
        if not isinstance(event, Started | TrainingDone):
            thawed.append(sum(weight.requires_grad for weight in model.parameters()))
    assert thawed == sorted(thawed) and thawed[0] < thawed[-1] == len(list(model.parameters()))


def test_lower_layers_get_smaller_rates(home, checkpoints):
    config = config_of("gradual")
    shares = plan(fresh(checkpoints, "bert", config).model, config).rates
    rates = [shares[f"bert.encoder.layer.{layer}.output.dense.weight"] for layer in (1, 0)]
    assert [below / above for above, below in pairwise(rates)] == pytest.approx([1 / 2.6])


def test_the_whole_of_gradual_unfreezing_costs_less_than_full_fine_tuning():
    assert STRATEGIES["full"].work_done(1.0) == 1.0
    assert STRATEGIES["gradual"].work_done(1.0) == pytest.approx(5 / 6)
    assert STRATEGIES["gradual"].work_done(0.0) == 0.0
