"""A run that counts words, on the pages: chosen without a source, shown without one, tried and explained."""

import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.jobs.worker import work
from core.runs.folder import create_run, list_runs
from pages.components.use.chips import pick_texts
from tests.app.test_pages import finished, open_page, said
from tests.conftest import sentences

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def dataset(home, tmp_path):
    """Enough rows for a verdict that is sure."""
    path = tmp_path / "reviews.csv"
    pd.DataFrame(sentences(400), columns=["review", "sentiment"]).to_csv(path, index=False)
    return add_dataset(path)[0]


@pytest.fixture
def run(dataset):
    run = create_run(RunConfig(dataset.id, strategy="tfidf"))
    work(run.path)
    assert run.state == "finished", run.log_tail()
    return run


def test_it_is_queued_without_a_source(dataset):
    app = open_page("train", dataset=dataset.id, strategy="tfidf")
    assert "The source above is not used" in said(app) and "Takes about" in said(app)
    app.selectbox(key="source").set_value("Another Hub model").run()
    assert not app.exception and "Name the model" not in said(app)
    app.button(key="queue_run").click().run()
    assert not app.exception and list_runs()[0].config.source == ""


@pytest.mark.parametrize("tab", ["Summary", "Mistakes", "Training", "Transfer", "Use it"])
def test_each_tab_shows_it_and_none_claims_transfer(run, tab):
    app = open_page("results", run=run.id, tab=tab)
    assert "Counted words (no source) on" in said(app)
    assert "Transfer paid off" not in said(app) and "This run is better than Majority class" in said(app)
    assert tab != "Transfer" or "nothing was transferred" in said(app)
    assert tab != "Use it" or "load_model" in "\n".join(code.value for code in app.code)


def test_a_text_is_answered_with_exact_pulls_and_without_a_second_opinion_of_its_own(run):
    app = open_page("results", run=run.id, tab="Try it")
    text = pick_texts(run.read_predictions("test"))["text"].iloc[0]
    next(group for group in app.get("button_group") if group.key == f"try_chips_{run.id}").set_value(text).run()
    assert not app.exception and "The model says" in said(app) and "they add up to the answer" in said(app)
    assert "Counting words alone" not in said(app)


def test_it_stands_beside_a_run_with_a_source(run, dataset):
    other = finished(dataset, "good one", 0.8)
    app = open_page("results", runs=f"{run.id},{other.id}")
    shown = next(frame.value for frame in app.dataframe if "Source" in frame.value.index)
    assert set(shown.loc["Source"]) == {"none", "MiniLM (built in)"}


def test_a_run_that_found_no_word_to_learn_from_is_shown_all_the_same(home, tmp_path):
    rows = [f'"{"! " * (number % 9 + 1)}",{("a", "b")[number % 2]}' for number in range(60)]
    (tmp_path / "signs.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    run = create_run(RunConfig(add_dataset(tmp_path / "signs.csv")[0].id, strategy="tfidf"))
    work(run.path)
    app = open_page("results", run=run.id, tab="Training")
    assert not app.error and "0 of 0" in str(app.table[0].value)
