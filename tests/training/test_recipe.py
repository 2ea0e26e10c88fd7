import pytest

from core.config import RunConfig
from core.training.recipe import epochs_for, work_of


@pytest.mark.parametrize(("rows", "epochs"), [(16, 20), (200, 20), (400, 10), (1000, 4), (1334, 3), (50_000, 3)])
def test_few_rows_are_seen_more_often(rows, epochs):
    assert epochs_for(RunConfig("x"), rows) == epochs


def test_what_the_user_named_is_kept():
    assert epochs_for(RunConfig("x", epochs=2), 16) == 2


def test_the_work_is_counted_in_updates_and_rows():
    assert work_of(RunConfig("x", epochs=2, batch_size=16), 100) == (14, 200)
    steps, visits = work_of(RunConfig("x", strategy="few_shot", batch_size=16), 16)
    assert steps == 20 and visits == 320  # a batch of 16 pairs out of 16 rows reads each row once at most
