"""The first click: from an empty workspace to the sentence and a text that is answered, in a real Chromium."""

import re

import pytest


@pytest.mark.timeout(1200)  # three trainings, a server and a browser may have to share one slow core
def test_one_click_brings_the_ladder_its_sentence_a_text_to_try_and_a_report(fresh_server, page, fresh_graft, tmp_path):
    page.goto(fresh_server.url)
    page.get_by_role("button", name="Try it now").click()
    page.get_by_text("Does transfer pay on").wait_for()
    page.get_by_text(re.compile(r"\d of 3 trainings done")).first.wait_for()
    main = page.locator("[data-testid=stMain]")
    page.locator(".js-plotly-plot").first.wait_for(
        timeout=400_000
    )  # the first bars, while trainings are still under way
    assert "trainings done" in main.inner_text() and "are answered right" not in main.inner_text()
    page.get_by_text(re.compile(r"\d+ of 100 are answered right")).first.wait_for(timeout=700_000)
    said = main.inner_text()
    for rung in ("Counted words", "Names alone, no labels", "No pretraining", "Linear probe", "Always the same"):
        assert f"{rung} · " in said, said
    assert re.search(r"Transfer pays here|No gain from transfer is shown|Transfer does not pay here", said)
    chips = page.locator("[data-testid=stButtonGroup] button")
    chips.first.click()
    page.get_by_text("the truth is").first.wait_for()
    study = fresh_graft.call("study", "list")["studies"][0]
    assert study["state"] == "finished" and re.search(rf"study={study['study']}", page.url)
    page.get_by_role("button", name="Report").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make the report").click()
    with page.expect_download(timeout=120_000) as download:
        dialog.get_by_role("button", name="Download").click(timeout=120_000)
    download.value.save_as(tmp_path / "ladder.html")
    report = (tmp_path / "ladder.html").read_text(encoding="utf-8")
    assert re.search(r"\d+ of 100 are answered right", report) and "Names of the classes alone, no labels" in report
    assert len(report) < 1_000_000
