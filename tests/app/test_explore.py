"""Overview, map and search of a set, through the app's own entry."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from core.data.sets.add import add_dataset
from core.data.sets.store import DataSet
from tests.app.test_pages import finished, links, open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def view(app: AppTest, name: str) -> AppTest:
    """Another view of the page, as soon as its features are there."""
    app.radio(key="view").set_value(name).run()
    for _ in range(100):
        if not app.get("progress"):
            break
        time.sleep(0.2)
        app.run()
    assert not app.exception, app.exception
    return app


def specs(app: AppTest) -> str:
    return "\n".join(chart.proto.spec for chart in app.get("plotly_chart"))


def test_the_overview_shows_classes_lengths_and_words_and_links_back(dataset):
    app = open_page("data", dataset=dataset.id)
    assert "Rows of each label" in specs(app) and "Length of the texts" in specs(app) and "Typical of neg" in specs(app)
    assert "of these texts and in 0.0 % of all others" in said(app)
    assert "All data sets" in links(app)


@pytest.mark.slow
def test_the_map_is_drawn_from_a_source_and_coloured_by_what_a_run_got_right(dataset):
    run = finished(dataset, "good one", 0.9)
    app = view(open_page("data", dataset=dataset.id, tab="Map and search"), "Map")
    assert "scattergl" in specs(app) and "All 120 texts" in said(app) and "lie near each other" in said(app)
    app.selectbox(key=f"map_color_{dataset.id}").set_value(f"run:{run.id}").run()
    view(app, "Map")
    assert "right (" in specs(app) and "good one was judged by" in said(app)


def test_words_and_meaning_find_texts(dataset):
    app = view(open_page("data", dataset=dataset.id, tab="Map and search"), "Search")
    app.text_input(key="search_words").set_value("FILM lovely").run()
    found = app.dataframe[0].value
    assert len(found) and all("film" in text and "lovely" in text for text in found["text"])
    app.text_input(key="search_words").set_value("unheard").run()
    assert "No text holds" in said(app)
    app.radio(key="search_how").set_value("By meaning").run()
    view(app, "Search")
    app.text_input(key="search_sentence").set_value("an awful boring evening").run()
    found = app.dataframe[0].value
    assert not app.exception and found["similarity"].is_monotonic_decreasing and found["label"].iloc[0] == "neg"


@pytest.fixture
def bare(home, tmp_path) -> DataSet:
    path = tmp_path / "bare.csv"
    path.write_text("text\n" + "\n".join(f"a text about thing number {number}" for number in range(30)))
    return add_dataset(path, text="text")[0]


def test_a_set_without_labels_can_be_explored(bare):
    app = open_page("data", dataset=bare.id)
    assert "no labels" in said(app) and "Typical of" not in specs(app)
    app = open_page("data", dataset=bare.id, tab="Map and search")
    assert "scattergl" in specs(view(app, "Map"))


@pytest.mark.parametrize(
    ("label", "task", "part"), [("tone|topic", "multi_label", "Rows of each"), ("3.5", "regression", "score")]
)
def test_several_labels_and_scores_have_an_overview_too(home, tmp_path, label, task, part):
    path = tmp_path / "answers.csv"
    cells = ["tone", "topic", label] if task == "multi_label" else ["1.5", "2.5", label]
    path.write_text("text,answer\n" + "\n".join(f"{cells[n % 3]} said number {n},{cells[n % 3]}" for n in range(60)))
    app = open_page("data", dataset=add_dataset(path, text="text", label="answer", task=task)[0].id)
    assert part in specs(app) and "Length of the texts" in specs(app)
