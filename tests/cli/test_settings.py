"""Every setting of a run is a flag, and the flags make the config."""

import argparse
from dataclasses import fields

import pytest

from core.cli.settings import add_settings, run_config
from core.config import PRESETS, RunConfig
from core.errors import ConfigError


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
