import pytest

from core.config import RunConfig
from core.training.recipe import batch_on, earns_card_batches, epochs_for, rate_for_batch, work_of


@pytest.mark.parametrize(("rows", "epochs"), [(16, 20), (200, 20), (400, 10), (1000, 4), (1334, 3), (50_000, 3)])
def test_few_rows_are_seen_more_often(rows, epochs):
    assert epochs_for(RunConfig("x"), rows) == epochs


def test_what_the_user_named_is_kept():
    assert epochs_for(RunConfig("x", epochs=2), 16) == 2


def test_the_work_is_counted_in_updates_and_rows():
    assert work_of(RunConfig("x", epochs=2, batch_size=16), 100) == (14, 200)
    steps, visits = work_of(RunConfig("x", strategy="few_shot", batch_size=16), 16)
    assert steps == 20 and visits == 320  # a batch of 16 pairs out of 16 rows reads each row once at most


def test_a_card_gets_larger_batches_where_enough_updates_remain():
    config = RunConfig("x")
    assert earns_card_batches(config, 25_000) and not earns_card_batches(config, 1000)
    assert not earns_card_batches(config.changed(batch_size=64), 25_000)
    assert not earns_card_batches(config.changed(strategy="linear_probe"), 25_000)
    assert batch_on(config, "cpu") == (16, "")
    batch, sentence = batch_on(config, "cuda:1")
    assert batch == 64 and "64 rows instead of 16" in sentence and "2 times as large" in sentence
    assert "stays" in batch_on(config.changed(learning_rate=1e-5), "cuda:0")[1]


def test_a_fitting_rate_goes_with_the_root_of_a_cards_batch_and_stays_on_a_cpu():
    rates = [rate_for_batch(RunConfig("x", batch_size=size), "cuda:0") for size in (8, 16, 64, 1024)]
    assert rates == [1.0, 1.0, 2.0, 2.0]
    assert rate_for_batch(RunConfig("x", batch_size=64), "cpu") == 1.0
