"""Report and Present stand on the page of a finished run, and the report's dialog makes what was chosen."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.test_pages import finished, open_page
from tests.export.conftest import finished_run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def dialog(run_id):
    """A page that holds the dialog open: AppTest runs the whole page where a browser runs the dialog alone."""
    from core.runs.folder import get_run
    from pages.components.results.share import _report

    _report([get_run(run_id)])


def test_a_report_is_made_with_the_sections_and_the_note_that_were_chosen(home, tmp_path, tiny_encoder):
    run = finished_run(tmp_path, tiny_encoder)
    assert {f"report_{run.id}", f"present_{run.id}"} <= {
        button.key for button in open_page("results", run=run.id).button
    }
    app = AppTest.from_function(dialog, kwargs={"run_id": run.id}, default_timeout=60).run()
    app.button_group(key=f"report_sections_{run.id}").set_value(["what", "result", "limits"]).run()
    app.text_area(key=f"report_note_{run.id}").set_value("For the board").run()
    app.button(key=f"report_make_{run.id}").click().run()
    assert not app.exception
    page = app.session_state[f"report_made_{run.id}"][1].decode()
    assert "For the board" in page and "<h2>Limits</h2>" in page and "<h2>Examples</h2>" not in page
    app.text_area(key=f"report_note_{run.id}").set_value("For nobody").run()
    assert "make it again" in str([caption.value for caption in app.caption])


def test_runs_side_by_side_have_a_report_too(dataset):
    runs = [finished(dataset, name, right, seed) for name, right, seed in (("first", 0.95, 1), ("second", 0.6, 2))]
    app = open_page("results", runs=",".join(run.id for run in runs))
    assert f"report_{runs[0].id}-{runs[1].id}" in {button.key for button in app.button}
