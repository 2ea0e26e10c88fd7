"""The baseline without labels stands beside a run where it is cheap, or where a study asks for it."""

import pytest

from core.config import RunConfig
from core.jobs.worker import work
from core.runs.folder import create_run

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def names_beside(dataset, encoder, study=None, **settings):
    config = RunConfig(dataset.id, str(encoder), max_length=32, learning_rate=3e-3, precision="fp32", **settings)
    run = create_run(config, study=study)
    work(run.path)
    assert run.state == "finished", run.log_tail()
    return [line for line in run.result["baselines"] if line["name"] == "names"], run.result["names_left_out"]


def test_it_stands_beside_a_training_that_costs_ten_times_as_much(dataset, tiny_encoder):
    (beside,), reason = names_beside(dataset, tiny_encoder, epochs=8)
    assert (
        reason == ""
        and beside["seconds"] > 0
        and beside["paired"]["rows"]
        == beside["metrics"]["per_class"][0]["support"] + beside["metrics"]["per_class"][1]["support"]
    )


def test_beside_a_probe_it_is_left_out_with_the_reason_unless_a_study_asks(dataset, tiny_encoder):
    beside, reason = names_beside(dataset, tiny_encoder, strategy="linear_probe")
    assert beside == [] and "over a tenth" in reason
    (beside,), _ = names_beside(dataset, tiny_encoder, {"id": "x", "cell": "probe"}, strategy="linear_probe")
    assert beside["intervals"]["accuracy"]
