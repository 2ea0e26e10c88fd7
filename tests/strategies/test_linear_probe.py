from core.config import RunConfig
from core.strategies.linear_probe import last_layer_alone
from core.strategies.plan import Encoder


def test_only_the_last_layer_is_fitted():
    encoder = Encoder(
        {"layer.0": 1, "pooler.weight": 2, "pooler.bias": 2, "dense.weight": 2, "out.weight": 2, "out.bias": 2},
        1, "roberta",
    )  # fmt: skip
    assert list(last_layer_alone(encoder, RunConfig("x")).rates) == ["out.weight", "out.bias"]
