"""Lineages: up to the plain source, down to what started from a run, and the gain of each step."""

import pytest

from core.config import RunConfig
from core.results.lineage import lineage
from core.runs.folder import create_run, delete_run
from tests.finished import finish


@pytest.fixture
def made(dataset, tiny_encoder):
    """Makes a finished run: its source, the share that it gets right, and an epoch count that tells settings apart."""

    def make(model, right, epochs=2):
        run = create_run(RunConfig(dataset.id, model, max_length=32, epochs=epochs), f"of {model[:12]} {epochs}")
        finish(run, dataset, right)
        return run

    return make


def test_a_run_from_a_plain_source_stands_alone_with_it(made):
    run = made("minilm", 0.9)
    assert [(model.key, model.parent, model.depth) for model in lineage(run)] == [
        ("minilm", "", 0), (f"run:{run.id}", "minilm", 1),
    ]  # fmt: skip


def test_the_way_goes_up_to_the_source_and_down_to_all_that_followed(made):
    first = made("minilm", 0.7)
    second = made(f"run:{first.id}", 0.8, epochs=3)
    third = made(f"run:{second.id}", 0.9, epochs=4)
    beside = made(f"run:{first.id}", 0.9, epochs=5)
    keys = [model.key for model in lineage(second)]
    assert keys == ["minilm", f"run:{first.id}", f"run:{second.id}", f"run:{third.id}"]
    family = {model.key: (model.parent, model.depth) for model in lineage(first)}
    assert family[f"run:{third.id}"] == (f"run:{second.id}", 3) and family[f"run:{beside.id}"] == (f"run:{first.id}", 2)


def test_a_step_is_tested_against_the_same_training_from_the_plain_source(made):
    first = made("minilm", 0.6)
    second = made(f"run:{first.id}", 1.0, epochs=3)
    assert lineage(second)[-1].gain is None
    made("minilm", 0.5, epochs=4)
    control = made("minilm", 0.5, epochs=3)
    told = lineage(second)[-1]
    assert told.shares_rows, "the first run learnt from this very set"
    assert told.control == control.id and told.gain["difference"] > 0.4 and told.gain["rows"] == 24


def test_where_a_run_on_the_way_is_gone_its_source_is_not_guessed(made):
    first = made("minilm", 0.6)
    second = made(f"run:{first.id}", 0.8)
    third = made(f"run:{second.id}", 0.9)
    delete_run(first)
    told = lineage(third)
    assert [model.key for model in told] == ["", f"run:{first.id}", f"run:{second.id}", f"run:{third.id}"]
    assert told[1].run is None and told[-1].gain is None
