import pytest

from core.models.trained import plan
from tests.families import config_of, fresh


def test_lower_layers_get_smaller_rates(home, checkpoints):
    config = config_of("llrd", layer_decay=0.5)
    shares = plan(fresh(checkpoints, "bert", config).model, config).rates
    top, below = (shares[f"bert.encoder.layer.{layer}.output.dense.weight"] for layer in (1, 0))
    assert below / top == pytest.approx(0.5)
