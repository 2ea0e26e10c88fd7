import pytest

from core.config import PRESETS, RunConfig, preset_of, settings
from core.errors import ConfigError


def test_a_config_survives_the_way_through_json():
    config = RunConfig("reviews", epochs=5, train_size=100)
    assert RunConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("change", "quoted"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"learning_rate": 1000.0}, "learning_rate is 1000"),
        ({"learning_rate": 0.0}, "learning_rate is 0"),
        ({"strategy": "magic"}, "strategy is 'magic'"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"train_size": -1}, "train_size is -1"),
        ({"dataset": ""}, "No data set"),
        ({"truncation": "middle"}, "truncation is 'middle'"),
        ({"average_best": 0}, "average_best is 0"),
        ({"recompute": 1}, "recompute is 1"),
        ({"processes": 2, "strategy": "few_shot"}, "processes is 2"),
    ],
)
def test_a_bad_value_is_quoted_in_the_error(change, quoted):
    with pytest.raises(ConfigError, match=quoted):
        RunConfig(**({"dataset": "reviews"} | change))


def test_a_misspelt_setting_is_refused():
    with pytest.raises(ConfigError, match="epocs"):
        RunConfig.from_json({"dataset": "reviews", "epocs": 3})


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_valid_config(name):
    RunConfig("reviews", **PRESETS[name].settings)


def test_every_setting_has_a_label_and_an_explanation():
    assert all(label and len(text) > 10 for label, text in settings().values())


def test_a_preset_is_known_by_its_settings_whatever_else_is_set():
    assert preset_of(RunConfig("x", seed=7, **PRESETS["quick"].settings)) is PRESETS["quick"]
    assert preset_of(RunConfig("x", epochs=7, batch_size=3)) is None


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"keep": "glue"}, "one of: none"),
        ({"keep": "ewc"}, "earlier run"),
        ({"processes": 2, "keep": "replay", "model": "run:x"}, "Set it to 1"),
        ({"keep": "l2sp", "strategy": "lora"}, "Set it to none"),
        ({"keep": "l2sp", "strategy": "linear_probe"}, "Set it to none"),
        ({"keep_strength": -1.0}, "from 0 to"),
    ],
)
def test_a_way_to_keep_that_cannot_be_is_refused_with_what_to_do(change, hint):
    with pytest.raises(ConfigError) as refused:
        RunConfig("reviews", **change)
    assert hint in refused.value.hint and next(iter(change)) in refused.value.message
