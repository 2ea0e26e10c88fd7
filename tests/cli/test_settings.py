"""Every setting of a run is a flag, and the flags make the config."""

import argparse
from dataclasses import fields

import pytest

from core.cli.settings import add_settings, chosen_config, run_config
from core.config import PRESETS, RunConfig
from core.errors import ConfigError
from core.strategies.registry import STRATEGIES
from core.training import devices
from core.training.devices import Device


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


@pytest.fixture
def card(monkeypatch):
    here = (Device("cuda:0", "A card", 80_000, True, ""), Device("cpu", "CPU", 8_000, False, ""))
    monkeypatch.setattr(devices, "list_devices", lambda: here)


@pytest.mark.parametrize(
    ("words", "size"),
    [
        (("--epochs", "300"), 64),
        (("--epochs", "300", "--batch-size", "16"), 16),
        (("--epochs", "300", "--device", "cpu"), 16),
        (("--epochs", "300", "--preset", "classic"), 32),
        ((), 16),  # few rows: too few updates would remain
    ],
    ids=str,
)
def test_on_a_card_batches_are_larger_unless_a_size_was_named(dataset, card, words, size):
    arguments = parsed(*words)
    arguments.dataset = dataset.id
    config, choice = chosen_config(arguments)
    assert config.batch_size == size
    assert choice == "" if size != 64 else "64 rows instead of 16" in choice and "learning rate" in choice
