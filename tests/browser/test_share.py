"""A finished run is sent as a file by the button of its page, in a real Chromium."""

import urllib.error
import urllib.request

import pytest

from tests.export.conftest import finished_run
from tests.processes import wait


@pytest.fixture
def run(graft, monkeypatch, tmp_path, tiny_encoder):
    monkeypatch.setenv("GRAFT_HOME", str(graft.home))
    return finished_run(tmp_path, tiny_encoder)


def opened(page, server, run, button, first):
    """The dialog behind a button of the run's page, whose own ``first`` button is there.

    A click while the page is still being drawn can be lost, so it is made again.
    """
    page.goto(f"{server.url}/results?run={run.id}")
    page.get_by_role("tab", name="Use it").wait_for()
    page.get_by_text("Hardest to find").wait_for()
    dialog = page.get_by_role("dialog")

    def is_open():
        if not dialog.count():
            page.get_by_role("button", name=button).click()
        page.wait_for_timeout(3000)
        return dialog.get_by_role("button", name=first).count() == 1

    wait(is_open, 90)
    return dialog


def test_a_report_is_downloaded(server, page, run, tmp_path):
    dialog = opened(page, server, run, "Report", "Make the report")
    dialog.get_by_label("A note on top").fill("For the board")
    dialog.get_by_label("A note on top").press("Tab")
    dialog.get_by_role("button", name="Make the report").click()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "single-run.html"
    download.value.save_as(tmp_path / "r.html")
    content = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "For the board" in content and "Result beside baselines" in content


def test_a_presentation_starts_is_opened_and_ends_with_its_link(server, page, chromium, run):
    dialog = opened(page, server, run, "Present", "Start")
    dialog.get_by_role("button", name="Start").click()
    link = dialog.get_by_role("link", name="Open the presentation").get_attribute("href", timeout=90_000)
    other = chromium.new_context().new_page()  # somebody who has only the link
    other.goto(link)
    other.keyboard.press("End")
    other.get_by_role("textbox").wait_for()
    other.close()
    dialog.get_by_role("button", name="Stop").click()
    dialog.get_by_role("button", name="Start").wait_for()
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        urllib.request.urlopen(link, timeout=5)
