import pytest

from core.config import RunConfig
from core.errors import SourceError
from core.strategies.plan import Encoder
from core.strategies.top_k import top_layers

ENCODER = Encoder({"embeddings": 0, "layer.0": 1, "layer.1": 2, "classifier": 3}, 2, "bert")


def test_what_is_below_the_top_layers_stays_frozen():
    plan = top_layers(ENCODER, RunConfig("x", top_layers=1))
    assert plan.rates == {"layer.1": 1.0, "classifier": 1.0} and plan.frozen_layers == 1


def test_too_many_top_layers_are_refused_with_their_number():
    with pytest.raises(SourceError, match="has 2 layers"):
        top_layers(ENCODER, RunConfig("x", top_layers=2))
