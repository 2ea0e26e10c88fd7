import pytest

from core.config import RunConfig
from core.errors import SourceError
from core.strategies.bitfit import biases_and_head
from core.strategies.plan import Encoder


def test_biases_of_the_encoder_and_all_of_the_head_are_trained():
    encoder = Encoder({"layer.0.weight": 1, "layer.0.bias": 1, "classifier.weight": 2, "classifier.bias": 2}, 1, "bert")
    trained = biases_and_head(encoder, RunConfig("x")).rates
    assert list(trained) == ["layer.0.bias", "classifier.weight", "classifier.bias"]


def test_an_encoder_without_biases_is_refused():
    encoder = Encoder({"layer.0.weight": 1, "classifier.weight": 2, "classifier.bias": 2}, 1, "modernbert")
    with pytest.raises(SourceError, match="of the kind modernbert have none"):
        biases_and_head(encoder, RunConfig("x"))
