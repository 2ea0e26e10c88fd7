"""What the pages of runs say agrees with itself: order, shares, warnings and states."""

import time

import pandas as pd
import pytest

from core import workspace
from core.config import RunConfig
from core.runs.folder import create_run
from tests.app.test_pages import finished, links, open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_test_rows_begin_with_the_surest_mistakes(dataset):
    run = finished(dataset, "some wrong", 0.6)
    app = open_page("results", run=run.id, tab="Mistakes")
    right = next(each.value for each in app.dataframe if "correct" in each.value)["correct"].tolist()
    assert "no" in right and right == sorted(right)  # all that are wrong, then all that are right


def test_compared_runs_stand_in_the_order_of_their_score(dataset):
    runs = [finished(dataset, name, right, seed) for name, right, seed in (("worse", 0.6, 2), ("better", 0.95, 1))]
    app = open_page("results", runs=",".join(run.id for run in runs))
    table = next(each.value for each in app.dataframe if "Judged rows" in each.value and "Run" in each.value)
    assert table["Run"].tolist() == ["better", "worse"]


def test_a_time_is_the_same_on_every_page(dataset):
    runs = [finished(dataset, name, 0.9, seed) for name, seed in (("first", 1), ("second", 2))]
    runs[0].write_result((runs[0].result or {}) | {"seconds": 206.4})
    result = open_page("results", run=runs[0].id, tab="Training")
    assert "3 min 26 s" in str([each.value.to_dict() for each in result.table])
    compared = open_page("results", runs=",".join(run.id for run in runs))
    assert "3 min 26 s" in str([each.value.to_dict() for each in compared.dataframe if "Training time" in each.value])


def test_warnings_of_the_data_stand_under_the_verdict(dataset):
    run = finished(dataset, "good one", 0.95)
    run.write_result(
        (run.result or {}) | {"warnings": ["11 texts of test stand in training too, so the score flatters."]}
    )
    app = open_page("results", run=run.id)
    assert "the score flatters" in said(app) and "See these rows on the Data page" in links(app)


def test_rows_that_chose_the_checkpoint_are_never_called_unseen(dataset):
    run = finished(dataset, "no test rows", 0.95)
    run.predictions("validation").write_bytes(run.predictions("test").read_bytes())
    validation = {"accuracy": 0.837, "macro_f1": 0.83}
    run.write_result((run.result or {}) | {"split": "validation", "validation": validation})
    app = open_page("results", run=run.id)
    assert "no one saw" not in said(app) and "a little kind" in said(app)
    app = open_page("results", run=run.id, tab="Training")
    assert "Best validation" not in str([each.value.index.tolist() for each in app.table])


@pytest.mark.parametrize(
    ("judged_on", "told"), [("validation", "Judging on validation rows"), ("test", "Judging on test rows")]
)
def test_the_live_view_names_the_rows_that_judge(dataset, judged_on, told):
    run = create_run(RunConfig(dataset.id), "under way")
    run.write_status(state="running", phase="testing", judged_on=judged_on, progress=0.4, heartbeat=time.time())
    assert told in said(open_page("home"))


def test_a_run_that_other_programs_slow_down_says_so(dataset):
    run = create_run(RunConfig(dataset.id), "under way")
    run.write_status(state="running", phase="training", waited=0.6, heartbeat=time.time())
    assert "60 % of the time it waits for a processor" in said(open_page("results", run=run.id))
    run.write_status(waited=0.05)
    assert "slow this run down" not in said(open_page("results", run=run.id))


@pytest.mark.parametrize(("state", "shown"), [("running", {"stop"}), ("stopped", {"resume"}), ("queued", {"stop"})])
def test_a_state_has_its_own_button_and_no_other(dataset, state, shown):
    run = create_run(RunConfig(dataset.id), "under way")
    run.write_status(state=state, heartbeat=time.time())
    keys = {button.key for button in open_page("results", run=run.id).button}
    assert keys & {"stop", "resume"} == shown


def test_a_file_without_a_label_says_why(home):
    rows = pd.DataFrame(
        {"text": [f"a text of some length, number {place}" for place in range(40)], "label": ["x"] * 40}
    )
    app = open_page("data")
    app.file_uploader(key="upload").upload("x.csv", rows.to_csv(index=False).encode()).run()
    assert not app.exception and "holds only 'x'" in said(app)


def test_settings_show_what_was_taken_where_nothing_was_asked_for_and_why(dataset):
    run = finished(dataset, "by itself", 0.9)
    workspace.put_json(run.path / "meta.json", run.meta | {"choice": "Few texts teach most."})
    app = open_page("results", run=run.id, tab="Training")
    table = next(each.value for each in app.dataframe if "What it does" in each.value).set_index("Setting")["Value"]
    assert table["Learning rate"] == "automatic: 0.0001 at its highest"
    assert "Balanced chose how to transfer. Few texts teach most." in said(app)


def test_the_transfer_tab_tells_where_a_model_comes_from_and_what_each_step_gained(dataset):
    first = finished(dataset, "taught first", 0.6)
    assert "nothing has started from it yet" in said(open_page("results", run=first.id, tab="Transfer"))
    second = finished(dataset, "taught next", 0.9, seed=1, model=f"run:{first.id}")
    app = open_page("results", run=second.id, tab="Transfer")
    assert "has not been run" in said(app)
    finished(dataset, "the control", 0.5, seed=1)
    app = open_page("results", run=second.id, tab="Transfer")
    assert "beside the same training from MiniLM" in said(app) and "part of this may be its labels" in said(app)
