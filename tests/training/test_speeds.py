"""Speeds that runs showed: stored under what decides them, and the ground for guesses on other strategies."""

import json

import pytest

from core import workspace
from core.config import RunConfig
from core.models.shape import Shape
from core.training.devices import find_device
from core.training.speeds import remember_speed, remembered_speed, speed_of_others

SHAPE = Shape(22_000_000, 10_000_000, 6, 384)


def test_speeds_are_stored_by_source_strategy_device_precision_length_and_batch(home):
    remember_speed(RunConfig("x", strategy="lora", max_length=64), "cpu", 1234.56)
    stored = json.loads((workspace.folder("cache") / "speeds.json").read_text())
    assert stored == {"minilm|lora|cpu|auto|64|16": 1234.6}


def test_the_speed_of_another_strategy_is_carried_over_by_what_a_token_costs(home):
    remember_speed(RunConfig("x"), "cpu", 900.0)
    device = find_device("cpu")
    assert speed_of_others(RunConfig("x", strategy="lora"), SHAPE, device) == pytest.approx(1350.0)
    assert speed_of_others(RunConfig("x", strategy="top_k", top_layers=2), SHAPE, device) == pytest.approx(2700.0)
    assert speed_of_others(RunConfig("x", strategy="few_shot"), SHAPE, device) is None
    assert remembered_speed(RunConfig("x", strategy="lora"), device) is None


def test_a_run_in_several_processes_asks_strategies_that_work_in_one_as_well(home):
    remember_speed(RunConfig("x", strategy="lp_ft"), "cpu", 900.0)
    assert speed_of_others(RunConfig("x", processes=2), SHAPE, find_device("cpu")) == pytest.approx(900.0)
