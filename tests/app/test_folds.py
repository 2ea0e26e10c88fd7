"""Folds on the pages: chosen beside the button, joined where a fold is shown."""

import pandas as pd
import pytest

from core.data.sets.add import add_dataset
from core.runs.folds import list_folds
from tests.app.test_pages import links, open_page, said
from tests.conftest import sentences
from tests.jobs.test_folds import answered

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_the_choice_queues_a_run_for_each_fold_and_folds_do_not_fill_the_list_of_sets(dataset):
    app = open_page("train", dataset=dataset.id)
    app.toggle(key="judge_over_folds").set_value(True).run()
    assert "another fifth of 120 rows" in said(app) and "stays aside" not in said(app)
    assert app.button(key="queue_run").label == "Queue 5 runs"
    app.button(key="queue_run").click().run()
    assert not app.exception and len(list_folds()[0].runs) == 5
    assert "fold 5 of 5" in links(app) and "position 5" in said(app)
    assert len(app.selectbox(key="train_dataset").options) == 1
    assert "fold 2 of 5" in str(open_page("train", dataset=list_folds()[0].runs[2].config.dataset).selectbox)


def test_the_page_says_that_a_named_test_part_stays_aside(home, tmp_path):
    frame = pd.DataFrame(sentences(100), columns=["review", "label"])
    frame["split"] = ["test" if row % 5 == 0 else "train" for row in range(100)]
    frame.to_csv(tmp_path / "own.csv", index=False)
    dataset = add_dataset(tmp_path / "own.csv", text="review", label="label", split="split")[0]
    app = open_page("train", dataset=dataset.id)
    app.toggle(key="judge_over_folds").set_value(True).run()
    assert "another fifth of 80 rows" in said(app) and "own test part, 20 rows, stays aside" in said(app)


def test_the_joined_result_stands_where_a_fold_is_shown(dataset):
    found = answered(dataset)
    app = open_page("results", run=found.runs[2].id)
    assert "This run is fold 2 of 3" in said(app) and "Each of the 120 rows was judged once" in said(app)
    app = open_page("results", runs=found.runs[1].id)
    text = said(app)
    assert "Each of the 120 rows was judged once" in text and "joined, not compared" in text
    assert "Is the difference real?" not in text and "Fold 3" in links(app)


def test_a_fold_that_is_missing_or_waits_is_told(dataset):
    found = answered(dataset, unfinished=1)
    assert "2 of 3 folds have finished" in said(open_page("results", runs=found.runs[1].id))
    app = open_page("results", run=found.runs[3].id)
    assert "Fold 3 is queued" in said(app) and "This run is fold 3 of 3" in said(app)
