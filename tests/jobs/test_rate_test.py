import pytest

from core import workspace
from core.config import RunConfig
from core.jobs import rate_test
from tests.processes import wait


def test_its_folder_holds_the_progress_and_the_result(dataset, tiny_encoder):
    config = RunConfig(dataset.id, model=str(tiny_encoder), max_length=32)
    folder = rate_test.folder_of(config)
    assert rate_test.state_of(folder) == {"state": "none"}
    workspace.write_json(folder / "config.json", config.to_json())
    assert rate_test.carry_out(folder) == 0
    told = rate_test.state_of(folder)
    assert told["state"] == "done" and told["result"]["sentence"]
    assert workspace.read_json(folder / "progress.json")[1] == 80
    assert rate_test.start(config) == folder  # what is done is not begun again
    assert rate_test.folder_of(config.changed(seed=1)) != folder
    assert rate_test.folder_of(config.changed(learning_rate=1e-3)) == folder


@pytest.mark.slow
def test_it_runs_in_a_process_of_its_own_and_tells_what_went_wrong(dataset, tmp_path):
    folder = rate_test.start(RunConfig(dataset.id, model=str(tmp_path / "nowhere")))
    assert rate_test.state_of(folder)["state"] == "running"
    wait(lambda: rate_test.state_of(folder)["state"] == "failed", 150, (folder / "log.txt").read_text)
    assert "nowhere" in rate_test.state_of(folder)["error"]["message"]
    rate_test.CHILDREN[-1].wait()
