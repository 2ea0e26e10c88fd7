"""A text is tried in a run's tab, through the app's own entry."""

import pytest

from core.explain.words import Word
from core.models.classifier import load_classifier
from pages.components.use.chips import pick_texts
from pages.components.use.why import shaded
from tests.app.test_pages import finished, open_page, said

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def run(dataset, tiny_encoder):
    run = finished(dataset, "good one", 0.8)
    load_classifier(str(tiny_encoder), dataset.labels, seed=0).save(run.model)
    return run


def test_a_text_that_is_picked_is_answered_with_its_words_and_again_without_one(run):
    app = open_page("results", run=run.id, tab="Try it")
    assert "Pick one of the texts above" in said(app)
    chips = next(group for group in app.get("button_group") if group.key == f"try_chips_{run.id}")
    judged = run.read_predictions("test")
    text = pick_texts(judged)["text"].iloc[0]
    chips.set_value(text).run()
    assert not app.exception and app.text_area(key="try_text").value == text
    assert "The model says" in said(app) and "The truth is" in said(app) and "Counting words alone" in said(app)
    assert "judged rows that are nearest in sureness" in said(app) and "Green words pulled towards" in said(app)
    told = app.dataframe[0].value["Word"].tolist()
    assert " ".join(told) == text
    words = next(group for group in app.get("button_group") if str(group.key).startswith("without_"))
    words.set_value(text.index(told[0])).run()
    assert not app.exception and f"Without “{told[0]}” it" in said(app)


def test_a_text_that_is_typed_is_answered_without_a_truth(run):
    app = open_page("results", run=run.id, tab="Try it")
    app.text_area(key="try_text").set_value("the lovely excellent film 12")
    next(button for button in app.button if button.label == "Answer").click().run()
    assert not app.exception and "The model says" in said(app) and "The truth" not in said(app)


def test_an_empty_text_asks_for_one(run):
    app = open_page("results", run=run.id, tab="Try it")
    next(button for button in app.button if button.label == "Answer").click().run()
    assert not app.exception and "The model says" not in said(app) and "Pick one" in said(app)


def test_the_picked_texts_are_short_of_different_classes_and_some_are_wrong(run):
    picked = pick_texts(run.read_predictions("test"))
    assert 2 <= len(picked) <= 8 and picked["text"].is_unique and picked["text"].str.len().max() <= 90
    assert (picked["label"] != picked["prediction"]).any()
    assert picked["row"].tolist() == pick_texts(run.read_predictions("test"))["row"].tolist()


def test_a_hostile_text_is_shaded_as_letters():
    text = '<img src=x onerror="alert(1)"> & </p><script>'
    html = shaded(text, (Word(text[:4], 0, 4, 1.0), Word(text[5:8], 5, 8, -0.5)), 1.0)
    assert "<img" not in html and "<script" not in html and html.count("<span") == 2
    assert "&lt;img" in html and "&quot;alert(1)&quot;" in html
