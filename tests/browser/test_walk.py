"""The way of a user, in a real Chromium, against a real server with real runs."""

import re
import time

import pandas as pd

from tests.conftest import sentences
from tests.processes import wait


def steps_shown(page) -> int:
    """The number of the step that the live view shows now."""
    found = re.search(r"step ([\d,]+) of", page.locator("[data-testid=stProgress]").first.inner_text(timeout=20_000))
    return int(found.group(1).replace(",", "")) if found else 0


def test_from_an_uploaded_file_to_a_live_run_and_its_result(server, page, csv, graft):
    page.goto(f"{server.url}/data?add=1")
    page.locator("input[type=file]").first.set_input_files(str(csv))
    page.get_by_text("240 rows will be stored").wait_for()
    page.get_by_role("button", name="Store this data set").click()
    page.get_by_text("Training learns, validation chooses").wait_for()
    page.get_by_role("button", name="Train on this data set").click()
    page.get_by_text("Takes about").wait_for()  # the form stands; a click meanwhile could be lost
    page.get_by_text("All settings").click()
    page.get_by_role("spinbutton", name="Epochs").fill("6")  # so few rows would get 20
    page.get_by_role("spinbutton", name="Epochs").press("Enter")
    page.get_by_text("Takes about").wait_for()
    page.get_by_role("button", name="Queue run").click()
    page.get_by_role("link", name="Watch it live").click()
    page.get_by_text(re.compile(r"step \d+ of")).first.wait_for()
    first = steps_shown(page)
    wait(lambda: steps_shown(page) > first, 60)  # the live view moves
    page.locator(".js-plotly-plot").first.wait_for()
    page.get_by_role("tab", name="Mistakes").wait_for(timeout=150_000)
    assert "TF-IDF" in page.locator("[data-testid=stMain]").inner_text()


def test_a_link_opens_the_same_run_for_another_visitor_also_one_of_an_earlier_version(server, page, two_runs):
    page.goto(f"{server.url}/run?run={two_runs[1]}")
    page.get_by_role("heading", name="1 epochs").wait_for()
    page.get_by_role("link", name="Compare", exact=True).first.wait_for()


def test_two_runs_side_by_side(server, page, two_runs):
    page.goto(f"{server.url}/compare?runs={','.join(two_runs)}")
    page.get_by_text("Is the difference real?").wait_for()
    page.get_by_text("What was set differently").wait_for()
    page.locator(".js-plotly-plot").nth(4).wait_for()


def test_a_sentence_and_a_file_are_predicted(server, page, two_runs, tmp_path):
    page.goto(f"{server.url}/predict?run={two_runs[0]}")
    page.get_by_label("Your text").fill("the lovely excellent film 12")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("The model says").wait_for()
    page.get_by_role("tab", name="Use it").click()
    texts = tmp_path / "texts.csv"
    pd.DataFrame({"id": range(50), "comment": [text for text, _ in sentences(50, seed=3)]}).to_csv(texts, index=False)
    page.locator("input[type=file]").first.set_input_files(str(texts))
    page.get_by_role("button", name="Score this file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download with predictions").click()
    scored = pd.read_csv(download.value.path())
    assert scored["id"].tolist() == list(range(50)) and set(scored["prediction"]) <= {"neg", "pos"}


def test_a_stored_set_is_scored_from_its_link(server, page, two_runs, graft):
    dataset = graft.show(two_runs[0])["config"]["dataset"]
    page.goto(f"{server.url}/predict?run={two_runs[0]}&score={dataset}")
    page.get_by_role("button", name="Score this file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download with predictions").click()
    assert len(pd.read_csv(download.value.path())) == 240


def test_a_click_on_the_confusion_matrix_lists_its_rows(server, page, two_runs):
    page.goto(f"{server.url}/results?run={two_runs[0]}")
    chart = page.locator(".js-plotly-plot", has_text="Confusion matrix")
    cell = chart.locator("text", has_text=re.compile(r"^\d+$")).first
    cell.scroll_into_view_if_needed()
    page.wait_for_timeout(800)  # the page settles after scrolling; a click must hit the cell
    box = cell.bounding_box()
    page.mouse.move(box["x"] - 20, box["y"] - 10)
    page.mouse.click(box["x"] + 20, box["y"] - 10)
    page.get_by_role("link", name="Texts that are neg and were called neg").click()
    page.get_by_text(re.compile(r"rows \(truly neg, called neg\)")).wait_for()


def test_a_run_is_deleted_after_a_question_and_brought_back(server, page, two_runs, graft):
    page.goto(f"{server.url}/compare?runs={two_runs[1]}")
    page.get_by_role("button", name="Delete 1 run").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert not (graft.home / "runs" / two_runs[1]).exists()
    page.get_by_role("button", name="Undo").click()
    wait(lambda: (graft.home / "runs" / two_runs[1]).exists(), 20)


def test_a_run_is_seen_from_everywhere_stopped_and_resumed(server, page, graft, csv, tiny_encoder):
    dataset = graft.call("data", "add", str(csv), "--name", "long", "--seed", "9")["dataset"]
    words = ["--model", str(tiny_encoder), "--epochs", "600", "--name", "long one", "--no-wait"]
    run = graft.call("train", "--dataset", dataset, *words)["run"]
    graft.wait_step(run, 3)
    page.goto(f"{server.url}/data")
    page.get_by_role("link", name=re.compile("long one: running")).click()
    page.get_by_role("button", name="Stop run").click()
    page.get_by_role("button", name="Stop it").click()
    page.get_by_text("Resume goes on from the checkpoint").wait_for()
    stopped = graft.status(run)["step"]
    page.get_by_role("button", name="Resume").click()
    graft.wait_step(run, stopped + 2)
    graft.call("runs", "stop", run)
    graft.wait_state(run, "stopped", "finished")


def test_a_killed_server_does_not_touch_the_run_and_shows_it_again(server, chromium, page, graft, csv, tiny_encoder):
    dataset = graft.call("data", "add", str(csv), "--name", "again", "--seed", "8")["dataset"]
    words = ["--model", str(tiny_encoder), "--epochs", "60", "--name", "survivor", "--no-wait"]
    run = graft.call("train", "--dataset", dataset, *words)["run"]
    page.goto(f"{server.url}/results?run={run}")
    page.get_by_text(re.compile(r"step \d+ of")).first.wait_for()
    server.kill()
    before = graft.status(run).get("step", 0)
    graft.wait_step(run, before + 10)
    server.start()
    fresh = chromium.new_context().new_page()
    fresh.goto(f"{server.url}/results?run={run}")
    fresh.get_by_role("heading", name="survivor").wait_for()
    assert graft.wait_state(run, "finished", "failed", "interrupted") == "finished"
    fresh.get_by_role("tab", name="Mistakes").wait_for(timeout=60_000)
    fresh.context.close()


def test_a_closed_tab_and_two_visitors_do_not_mix(server, chromium, two_runs):
    first, second = (chromium.new_context().new_page() for _ in range(2))
    for visitor, run in ((first, two_runs[0]), (second, two_runs[1])):
        visitor.goto(f"{server.url}/results?run={run}")
    first.get_by_role("heading", name="3 epochs").wait_for()
    second.get_by_role("heading", name="1 epochs").wait_for()
    address = first.url
    first.close()
    again = first.context.new_page()
    again.goto(address)
    again.get_by_role("heading", name="3 epochs").wait_for()
    time.sleep(3)
    assert second.get_by_role("heading", name="1 epochs").is_visible()
    for visitor in (again, second):
        visitor.context.close()


def test_the_menu_keeps_data_set_and_run_and_the_tab_names_them(server, page, two_runs):
    page.goto(f"{server.url}/results?run={two_runs[1]}")
    page.get_by_role("heading", name="1 epochs").wait_for()
    wait(lambda: page.title() == "1 epochs · Results · Graft", 20)
    page.get_by_role("link", name="Train on from this model").click()
    page.get_by_text("Before it starts").wait_for()
    dataset = re.search(r"dataset=([\w-]+)", page.url).group(1)
    for name, heading in (("Data", "two runs"), ("Use", "Use"), ("Train", "Train")):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.get_by_role("heading", name=heading, level=1).wait_for()
        wait(lambda: f"dataset={dataset}" in page.url and f"run={two_runs[1]}" in page.url, 20)
    wait(lambda: f"run%3A{two_runs[1]}" in page.url or f"run:{two_runs[1]}" in page.url, 20)  # the form's source


def test_the_keyboard_leaves_a_mark_on_each_link_and_button(server, page, two_runs):
    page.goto(f"{server.url}/results?run={two_runs[1]}")
    page.get_by_role("link", name="Compare", exact=True).wait_for()
    seen = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        tag, outline, shadow = page.evaluate(
            "() => { const at = document.activeElement, style = getComputedStyle(at);"
            " return [at.tagName, style.outlineStyle, style.boxShadow] }"
        )
        if tag in ("A", "BUTTON"):
            assert outline != "none" or shadow != "none"
            seen.add(tag)
    assert seen == {"A", "BUTTON"}
