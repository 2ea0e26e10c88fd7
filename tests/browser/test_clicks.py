"""How many clicks it takes, and that none needs a mouse, in a real Chromium."""

import re

import pandas as pd
import pytest

from tests.conftest import sentences


@pytest.fixture
def csv(tmp_path):
    """So few rows that the built-in model has learnt them soon."""
    path = tmp_path / "my reviews.csv"
    pd.DataFrame(sentences(64), columns=["comment", "verdict"]).to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def warm(fresh_server, page):
    """The libraries are there before the first test clicks."""
    page.set_default_timeout(150_000)  # on a core that is shared with the server, the browser and a run
    page.goto(f"{fresh_server.url}/train")
    page.get_by_text("Data", exact=True).first.wait_for()


def tab_to(page, role, name, most=150):
    """Press Tab until what has this role and name holds the focus."""
    wanted = page.get_by_role(role, name=name).first
    wanted.wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")  # drawn whole: keys are heard
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement || each.contains(document.activeElement)"):
            return
    raise AssertionError(f"no Tab leads to {role} {name}")


def opened_by_keys(page, name):
    """What a button that asks for files opens when Enter is pressed on it, once more where the page was just being drawn anew.

    All the while somebody listens: a window that opens unheard would stay open, and no other opens beside it.
    """
    opened = []
    page.on("filechooser", lambda chooser: opened.append(chooser))
    for _ in range(4):
        tab_to(page, "button", name)
        page.keyboard.press("Enter")
        for _ in range(150):
            if opened:
                return opened[0]
            page.wait_for_timeout(100)
    raise AssertionError("no window for files opens")


def test_an_own_file_is_queued_by_four_clicks_and_no_typing(fresh_server, page, csv, fresh_graft):
    page.goto(f"{fresh_server.url}/data")
    clicks = 1  # on Upload, where the system's own window asks for the file
    page.locator("input[type=file]").first.set_input_files(str(csv))
    for name in ("Store this data set", "Train on this data set", "Queue run"):
        page.get_by_role("button", name=name).click()
        clicks += 1
    page.get_by_role("link", name="Watch it live").wait_for()
    assert clicks == 4
    (run,) = fresh_graft.call("runs", "list")["runs"]
    fresh_graft.call("runs", "stop", run["run"])


def test_from_upload_to_result_without_a_mouse(fresh_server, page, csv, fresh_graft, tiny_encoder):
    page.goto(f"{fresh_server.url}/data?add=1")
    opened_by_keys(page, re.compile("Upload|Browse files")).set_files(str(csv))
    tab_to(page, "button", "Store this data set")
    page.keyboard.press("Enter")
    tab_to(page, "button", "Train on this data set")
    page.keyboard.press("Enter")
    page.get_by_text("Takes about").wait_for()
    tab_to(page, "button", "Queue run")
    page.keyboard.press("Enter")
    tab_to(page, "link", "Watch it live")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Mistakes").wait_for(timeout=300_000)
    tab_to(page, "tab", "Summary")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Mistakes", selected=True).wait_for()
