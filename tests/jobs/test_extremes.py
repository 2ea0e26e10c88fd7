"""Settings at their bounds and names of any letters: the run ends as every other one."""

import pytest

from core.config import RunConfig
from core.errors import RunError
from core.jobs.worker import work
from core.runs.folder import create_run, list_runs

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "settings",
    [
        {"max_length": 8192, "batch_size": 512},
        {"max_length": 4, "train_size": 2, "validation_size": 1, "test_size": 1},
        {"batch_size": 1, "train_size": 4, "accumulate": 50},
        {"processes": 4},
    ],
    ids=str,
)
def test_a_run_with_settings_at_their_bounds_finishes(dataset, tiny_encoder, settings):
    run = create_run(RunConfig(dataset.id, model=str(tiny_encoder), device="cpu", epochs=1, **settings))
    assert work(run.path) == 0 and run.state == "finished" and run.result["metrics"]["accuracy"] >= 0


@pytest.mark.parametrize(
    "name", ["a\0b", "two\nlines", "\x1b[31mred", "../../etc", "‮right to left", "x" * 200, "ünï 日本 😡"]
)
def test_a_run_may_be_called_anything(dataset, tiny_encoder, name):
    run = create_run(RunConfig(dataset.id, model=str(tiny_encoder)), name)
    assert [each.id for each in list_runs()] == [run.id] and run.name and run.path.name == run.id


def test_an_endless_name_is_refused(home):
    with pytest.raises(RunError, match="5,000 characters"):
        create_run(RunConfig("reviews"), "x" * 5000)
