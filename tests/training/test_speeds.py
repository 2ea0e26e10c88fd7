"""Speeds that runs showed: stored under what decides them, and the ground for guesses on other strategies."""

import json

import pytest

from core import workspace
from core.config import RunConfig
from core.models.shape import Shape
from core.training import speeds
from core.training.devices import find_device
from core.training.speeds import remember_speed, remembered_speed, slowed_speed, speed_of_others

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


def test_what_a_busy_machine_showed_never_replaces_what_a_calm_one_did(home):
    config, device = RunConfig("x"), find_device("cpu")
    remember_speed(config, "cpu", 900.0)
    remember_speed(config, "cpu", 15.0, waited=0.9)
    assert remembered_speed(config, device) == 900.0 and slowed_speed(config, device) == 15.0
    remember_speed(config, "cpu", 1000.0, waited=0.05)
    assert remembered_speed(config, device) == 1000.0


def test_runs_of_another_length_or_batch_size_are_the_ground_for_a_first_quick_look(home):
    remember_speed(RunConfig("x", max_length=512, batch_size=8), "cpu", 700.0)
    remember_speed(RunConfig("x", max_length=256), "cpu", 900.0)
    remember_speed(RunConfig("x", model="other/source"), "cpu", 50.0)
    assert speed_of_others(RunConfig("x", max_length=128), SHAPE, find_device("cpu")) == pytest.approx(900.0)


def test_the_speed_of_a_card_is_asked_in_another_process_and_once(home, monkeypatch):
    asked = []
    monkeypatch.setattr(
        speeds, "_matrix_speed", lambda *_: pytest.fail("this process would hold memory of the card for ever")
    )
    monkeypatch.setattr(speeds, "_matrix_speed_elsewhere", lambda *which: asked.append(which) or 6e14)
    for _ in range(2):
        speeds._best_matrix_speed.cache_clear()
        assert speeds._best_matrix_speed("cuda:0", "fp16") == 6e14
    speeds._best_matrix_speed.cache_clear()
    assert asked == [("cuda:0", "fp16")]
