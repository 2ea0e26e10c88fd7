"""One model out of several runs, from their comparison."""

import json

import pytest

from core.config import RunConfig
from core.jobs.worker import work
from core.runs.folder import create_run, list_runs
from tests.app.test_pages import finished, links, open_page, said


@pytest.mark.slow
def test_runs_of_one_source_are_mixed_below_their_comparison(dataset, tiny_encoder):
    runs = [create_run(RunConfig(dataset.id, str(tiny_encoder), epochs=1, max_length=32, seed=seed)) for seed in (1, 2)]
    assert [work(run.path) for run in runs] == [0, 0]
    app = open_page("results", runs=",".join(run.id for run in runs))
    assert not app.exception and "One model out of them" in [header.value for header in app.header]
    app.button(key="make_soup").click().run()
    assert not app.exception
    if any(run.is_mixed for run in list_runs()):
        assert "The mean of 2 of 2 runs" in said(app) and "Open the mixed model" in links(app)
    else:
        assert "nothing is saved" in said(app) and "Open the best run" in links(app)


def test_runs_of_several_sources_have_no_such_button(dataset, tiny_encoder):
    runs = [finished(dataset, "one", 0.9), finished(dataset, "two", 0.8)]
    other = runs[1].config.changed(model=str(tiny_encoder))
    (runs[1].path / "config.json").write_text(json.dumps(other.to_json()))
    app = open_page("results", runs=",".join(run.id for run in runs))
    assert not app.exception and "make_soup" not in [button.key for button in app.button]
