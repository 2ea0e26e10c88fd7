import pytest
import torch
from transformers import GPT2Config, GPT2ForSequenceClassification

from core.config import RunConfig
from core.errors import SourceError
from core.models.adapters import attach, detach
from core.models.trained import plan
from core.strategies.registry import STRATEGIES
from tests.families import config_of, fresh

ADAPTED = [name for name, strategy in STRATEGIES.items() if strategy.adapter]


@pytest.mark.parametrize("strategy", ADAPTED)
def test_only_what_was_added_and_the_head_are_trained(home, checkpoints, strategy):
    config = config_of(strategy)
    model = fresh(checkpoints, "bert", config).model
    mark = STRATEGIES[strategy].adapter.mark
    trained = plan(model, config).rates
    added = {name for name, _ in model.named_parameters() if mark in name}
    assert added and added < set(trained)
    assert all("encoder" not in name for name in set(trained) - added)


@pytest.mark.parametrize("strategy", ADAPTED)
def test_a_merged_model_has_the_parameters_of_a_plain_one(home, checkpoints, strategy):
    plain = fresh(checkpoints, "bert", config_of("full")).model
    model = fresh(checkpoints, "bert", config_of(strategy)).model
    detach(model)
    assert [name for name, _ in model.named_parameters()] == [name for name, _ in plain.named_parameters()]
    for name, weight in plain.named_parameters():  # nothing was trained yet, so nothing may have changed
        assert torch.allclose(weight, model.get_parameter(name)), name


@pytest.mark.parametrize("strategy", ADAPTED)
def test_an_architecture_without_known_parts_is_refused_by_name(strategy):
    model = GPT2ForSequenceClassification(GPT2Config(vocab_size=20, n_positions=8, n_embd=8, n_layer=1, n_head=1))
    with pytest.raises(SourceError, match=f"where {strategy} sits in encoders of the kind gpt2"):
        attach(model, RunConfig("x", strategy=strategy))
