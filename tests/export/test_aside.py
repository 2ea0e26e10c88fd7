"""An export that the app asks for is a process of its own; asked for twice it is made once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core import workspace
from core.errors import GraftError
from core.export.aside import export_aside


@pytest.mark.slow
def test_asked_for_twice_it_is_made_once_and_what_it_says_is_told(run):
    told = []
    with ThreadPoolExecutor(2) as visits:
        list(visits.map(lambda _: export_aside(run, "checkpoint", 0.5, told.append), range(2)))
    assert run.export("checkpoint").is_dir() and run.measured("checkpoint")["refused"] == ""
    log = (workspace.home() / "exporting" / f"{run.id}-checkpoint.log").read_text()
    assert log.count("Answering the judged rows") == 1


@pytest.mark.slow
def test_what_the_command_refuses_is_raised(run):
    (run.path / "result.json").unlink()
    with pytest.raises(GraftError) as refused:
        export_aside(run, "checkpoint", 0.5, lambda line: None)
    assert refused.value.hint and "without a word" not in refused.value.message
