"""Data set, run and form are kept from page to page, and a link to what is not there says what to do."""

import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.runs.folder import create_run
from tests.app.test_pages import finished, links, open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def newer(dataset, reviews_csv):
    """A set that was stored later, which a page without a link would open."""
    return add_dataset(reviews_csv, name="newer", fractions=(0.5, 0.2, 0.3))[0]


def by_menu(app, page):
    """As the menu does it: the page changes and the address loses what it named."""
    app.query_params.clear()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, app.exception
    return app


def test_data_set_and_run_are_kept_across_the_menu_and_stand_in_the_address(dataset, newer):
    runs = [finished(dataset, name, 0.9, seed) for name, seed in (("older", 1), ("newest", 2))]
    app = open_page("data", dataset=dataset.id)
    by_menu(app, "train")
    assert app.selectbox(key="train_dataset").value == dataset.id == app.query_params["dataset"]
    by_menu(app, "data")
    assert app.title[0].value == dataset.name and app.query_params["dataset"] == dataset.id
    app.query_params["run"] = runs[0].id
    app.switch_page("pages/results.py").run()
    assert app.title[0].value == "older"
    by_menu(app, "use")
    assert app.selectbox(key="use_run").value == runs[0].id == app.query_params["run"]
    by_menu(app, "results")
    assert app.title[0].value == "older"
    by_menu(app, "home")
    assert app.query_params["dataset"] == dataset.id


def test_the_form_is_kept_over_another_page_and_reloaded_from_its_address(dataset):
    app = open_page("train", dataset=dataset.id)
    app.radio(key="preset").set_value("quick").run()
    app.radio(key="strategy").set_value("lora").run()
    app.number_input(key="train_size_quick").set_value(50).run()
    by_menu(app, "data")
    by_menu(app, "train")
    assert app.radio(key="strategy").value == "lora" and app.number_input(key="train_size_quick").value == 50
    address = dict(app.query_params)
    again = open_page("train", **address)
    assert again.radio(key="strategy").value == "lora" and "at most 1,000" in said(again)
    assert address["source"] == "minilm" and not app.warning


def test_strategy_cards_follow_the_settings_of_the_form(dataset):
    app = open_page("train", dataset=dataset.id)

    def times():
        return [
            caption.split("about ")[1] for caption in app.radio(key="strategy").proto.captions if "about" in caption
        ]

    before = times()
    app.number_input(key="epochs_balanced").set_value(990).run()
    assert times()[0] != before[0] and " min " in times()[0]


@pytest.mark.parametrize("page", ["data", "train"])
def test_a_link_to_an_unknown_data_set_opens_no_other_in_its_place(dataset, page):
    app = open_page(page, dataset="nonsense")
    assert "There is no data set `nonsense` here" in said(app) and "All data sets" in links(app)
    assert dataset.id not in said(app) and not app.get("plotly_chart")
    if page == "data":
        return  # it lists no others beside: the link leads to them
    app.selectbox[0].set_value(dataset.id).run()
    assert not app.exception and "no data set" not in said(app) and app.query_params["dataset"] == dataset.id


@pytest.mark.parametrize(("page", "name"), [("results", "run"), ("use", "run"), ("results", "runs")])
def test_a_link_to_an_unknown_run_says_what_to_do_and_leads_to_the_list(dataset, page, name):
    finished(dataset, "good one", 0.9)
    app = open_page(page, **{name: "nonsense"})
    assert "There is no run `nonsense` here" in said(app) and "All results" in links(app)
    assert "runs list" not in said(app) and "are right" not in said(app)


def test_a_run_without_a_model_cannot_predict_and_says_so(dataset):
    good, failed = finished(dataset, "good one", 0.9), create_run(RunConfig(dataset.id), "broken")
    failed.write_status(state="failed")
    app = open_page("use", run=failed.id)
    assert "broken is failed and has no model yet" in said(app)
    app.selectbox(key="use_run_instead").set_value(good.id).run()
    assert app.selectbox(key="use_run").value == good.id and "no model yet" not in said(app)


def test_a_source_that_was_deleted_is_told_and_not_replaced_in_silence(dataset):
    app = open_page("train", dataset=dataset.id, source="run:nothing")
    assert "no finished run `nothing`" in said(app) and "All results" in links(app)
