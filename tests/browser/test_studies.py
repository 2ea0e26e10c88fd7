"""Studies from the page to their answer, in a real Chromium: a small labels curve, and a ranking whose winner is trained."""

import pandas as pd
import pytest

from tests.browser.test_walk import chromium, graft, page, pytestmark, server  # noqa: F401
from tests.conftest import sentences


@pytest.fixture(scope="module")
def dataset(graft, tmp_path_factory):  # noqa: F811
    path = tmp_path_factory.mktemp("studies") / "reviews.csv"
    pd.DataFrame(sentences(60), columns=["comment", "verdict"]).to_csv(path, index=False)
    return graft.call("data", "add", str(path), "--name", "few reviews")["dataset"]


def ask(page, server, dataset, question):  # noqa: F811
    """The form of a study, with one training of each."""
    page.set_default_timeout(120_000)
    page.goto(f"{server.url}/train?dataset={dataset}&kind=A+study")
    page.get_by_role("radio", name=question).click()
    page.get_by_role("radio", name="1", exact=True).click()


def test_a_labels_curve_is_started_and_read(server, page, graft, dataset):  # noqa: F811
    ask(page, server, dataset, "How many labels?")
    page.locator("[data-testid=stSlider]", has_text="Fewest labelled rows").locator(
        "[role=slider], input"
    ).first.focus()
    page.keyboard.press("ArrowRight")  # from 8 to 16
    page.get_by_text("6 trainings").wait_for()
    page.get_by_role("button", name="Start the study").click()
    page.get_by_text("Labels needed on few reviews").first.wait_for()
    page.get_by_text("finished", exact=True).wait_for(timeout=300_000)
    page.get_by_text("With 32 labelled texts to learn from").wait_for()
    page.get_by_text("Solid lines use what the source has learnt").wait_for()
    study = graft.call("study", "list")["studies"][0]
    assert study["kind"] == "labels" and study["study"] in page.url


def test_a_ranking_is_read_and_its_winner_trained(server, page, graft, dataset):  # noqa: F811
    ask(page, server, dataset, "Which source?")
    page.get_by_role("button", name="Start the study").click()
    page.get_by_text("Ranked without training").wait_for(timeout=200_000)
    page.get_by_text("finished", exact=True).wait_for(timeout=300_000)
    page.get_by_text("ranked in").first.wait_for()
    told = graft.call("study", "show", graft.call("study", "list")["studies"][0]["study"])
    assert told["candidates"][0]["rank"] == 1 and any(cell["factors"]["round"] == "whole" for cell in told["cells"])
