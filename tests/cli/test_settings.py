"""Every setting of a run is a flag, and the flags make the config."""

import argparse
from dataclasses import fields

import pytest

from core.cli.settings import add_settings, chosen_config, run_config
from core.config import PRESETS, RunConfig
from core.errors import ConfigError
from core.strategies.registry import STRATEGIES


def parsed(*words):
    parser = argparse.ArgumentParser()
    add_settings(parser)
    return parser.parse_args(["--dataset", "reviews", *words])


def test_every_setting_has_its_flag():
    arguments = parsed()
    assert {setting.name for setting in fields(RunConfig)} <= set(vars(arguments))
    assert run_config(arguments, "reviews-1") == RunConfig("reviews-1")


def test_a_flag_rules_over_the_preset_and_all_means_no_limit():
    config = run_config(parsed("--preset", "quick", "--epochs", "7", "--test-size", "all"), "reviews-1")
    assert (config.epochs, config.test_size) == (7, None)
    assert config.train_size == PRESETS["quick"].settings["train_size"]


def test_an_earlier_run_becomes_the_source():
    assert run_config(parsed("--init-from", "run-1"), "reviews-1").model == "run:run-1"


def test_a_value_that_makes_no_sense_is_refused_with_its_name():
    with pytest.raises(ConfigError, match="epochs is 0"):
        run_config(parsed("--epochs", "0"), "reviews-1")
    with pytest.raises(SystemExit):
        parsed("--train-size", "some")


@pytest.mark.parametrize("words", [("--strategy", "auto"), ("--preset", "balanced")])
def test_what_is_left_to_the_rule_is_written_out_in_the_config(dataset, words):
    arguments = parsed(*words, "--train-size", "200")
    arguments.dataset = dataset.id
    config, choice = chosen_config(arguments)
    assert config.strategy in STRATEGIES and choice.startswith(STRATEGIES[config.strategy].title)


def test_a_strategy_that_was_named_is_not_chosen_anew(dataset):
    arguments = parsed("--preset", "balanced", "--strategy", "lora")
    arguments.dataset = dataset.id
    config, choice = chosen_config(arguments)
    assert (config.strategy, choice) == ("lora", "")


def test_the_default_is_full_fine_tuning_without_a_rule(dataset):
    arguments = parsed()
    arguments.dataset = dataset.id
    assert chosen_config(arguments) == (RunConfig(dataset.id), "")
