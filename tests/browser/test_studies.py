"""Studies from their form to their verdict, in a real Chromium, with real trainings on a small encoder."""

import re
from urllib.parse import urlencode

import pytest

from pages.components.studies.questions import asks_for

SLOW = 300_000  # ms: several trainings, each in a process


@pytest.fixture(scope="module")
def dataset(graft, csv):
    return graft.call("data", "add", str(csv), "--name", "asked", "--seed", "5")["dataset"]


def open_form(page, server, dataset, encoder, kind):
    """The form of a kind of study, the small encoder as its source."""
    asked = urlencode(asks_for(kind, dataset) | {"source": str(encoder)})
    page.goto(f"{server.url}/train?{asked}")
    page.get_by_role("button", name="Start the study").wait_for()


def start(page):
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.get_by_role("button", name="Start the study").click()
    page.get_by_role("heading", level=1).get_by_text("asked").wait_for()


@pytest.mark.timeout(700)
def test_a_labels_curve_runs_to_its_sentence(server, page, graft, dataset, tiny_encoder):
    open_form(page, server, dataset, tiny_encoder, "labels")
    page.get_by_text("Then twice as many each time").wait_for()
    fewest = page.get_by_role("slider", name="Fewest labelled rows a class")
    for rows in (16, 32, 64):
        fewest.press("ArrowRight")
        page.get_by_text(f"Then twice as many each time: {2 * rows}").wait_for()
    page.get_by_role("radio", name="1", exact=True).click()
    page.get_by_text(re.compile(r"^6 trainings")).wait_for()
    start(page)
    page.get_by_text(re.compile(r"\d of 6 trainings done")).first.wait_for()
    page.locator(".js-plotly-plot").first.wait_for(timeout=SLOW)
    page.get_by_text(re.compile(r"With 128 labelled texts")).first.wait_for(timeout=SLOW)
    study = graft.call("study", "list")["studies"][0]
    assert study["state"] == "finished" and study["study"] in page.url


@pytest.mark.timeout(700)
def test_a_ranking_is_read_and_its_winner_trained(server, page, graft, dataset, tiny_encoder):
    told = graft.call(
        "study", "new", "sources", "--dataset", dataset, "--sources", f"minilm,{tiny_encoder}", "--seeds", "1", "--max-length", "32",
        "--epochs", "1", "--no-wait",
    )  # fmt: skip
    page.goto(f"{server.url}/results?study={told['study']}")
    page.get_by_text("Ranked without training").wait_for(timeout=SLOW)
    page.get_by_text("named the winner").first.wait_for(timeout=SLOW)
    page.get_by_role("link", name="Train on MiniLM").click()
    page.get_by_text("Takes about").wait_for()
    assert page.get_by_role("combobox", name=re.compile("Source")).input_value().startswith("MiniLM")
    page.get_by_role("button", name="Queue run").click()
    page.get_by_role("link", name="Watch it live").wait_for()
    run = re.search(r"run=([\w-]+)", page.url).group(1)
    assert graft.show(run)["config"]["model"] == "minilm"
    graft.call("runs", "stop", run)


def test_a_study_is_deleted_after_a_question_and_brought_back(server, page, graft, dataset, tiny_encoder):
    words = ["--model", str(tiny_encoder), "--strategy", "linear_probe", "--seeds", "3", "--train-size", "60"]
    study = graft.call("study", "new", "seeds", "--dataset", dataset, *words)["study"]
    page.goto(f"{server.url}/results?study={study}")
    page.get_by_role("button", name="Delete study").click()
    page.get_by_role("dialog").get_by_text("Delete the 3 runs that were trained for it as well").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Undo").wait_for()
    assert study not in {each["study"] for each in graft.call("study", "list")["studies"]}
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").wait_for(state="detached")
    state = next(each["state"] for each in graft.call("study", "list")["studies"] if each["study"] == study)
    assert state == "finished", "its runs came back with it"
