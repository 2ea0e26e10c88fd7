"""What the flags of a run become."""

import argparse

import pytest

from core.cli.settings import add_settings, chosen_config
from core.training import devices
from core.training.devices import Device


@pytest.fixture
def card(monkeypatch):
    here = (Device("cuda:0", "A card", 80_000, True, ""), Device("cpu", "CPU", 8_000, False, ""))
    monkeypatch.setattr(devices, "list_devices", lambda: here)


def chosen(dataset, encoder, *flags):
    parser = argparse.ArgumentParser()
    add_settings(parser)
    return chosen_config(parser.parse_args(["--dataset", dataset.id, "--model", str(encoder), *flags]))


def test_on_a_card_batches_are_larger_unless_a_size_was_named(home, dataset, tiny_encoder, card):
    config, sentence = chosen(dataset, tiny_encoder, "--epochs", "300")
    assert config.batch_size == 64 and "64 rows instead of 16" in sentence and "learning rate" in sentence
    for flags in (["--batch-size", "16"], ["--device", "cpu"]):
        config, sentence = chosen(dataset, tiny_encoder, "--epochs", "300", *flags)
        assert (config.batch_size, sentence) == (16, "")
    config, _ = chosen(dataset, tiny_encoder, "--epochs", "300", "--preset", "classic")
    assert config.batch_size == 32


def test_few_rows_keep_small_batches_on_a_card_too(home, dataset, tiny_encoder, card):
    assert chosen(dataset, tiny_encoder)[0].batch_size == 16
