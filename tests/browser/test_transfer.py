"""Between source and target, and from domain to domain, in a real Chromium with real trainings on a small encoder."""

import re

import pandas as pd
import pytest

from tests.conftest import sentences


@pytest.mark.timeout(700)
def test_a_point_between_source_and_run_is_chosen_by_the_slider_and_saved(server, page, graft, two_runs):
    page.goto(f"{server.url}/results?run={two_runs[0]}&tab=Transfer")
    page.get_by_role("button", name="Measure it").click()
    page.get_by_text("Source after the run, 728 texts").wait_for(timeout=200_000)
    page.get_by_role("button", name="Measure the way").click()
    slider = page.get_by_role("slider", name="Share of the run")
    slider.wait_for(timeout=300_000)
    page.get_by_text(re.compile(r"^To choose by, on rows that judge nothing")).wait_for()
    slider.press("Home")
    page.get_by_text(re.compile(r"^At 0 %: the target has")).wait_for()
    for tenth in range(1, 4):
        slider.press("ArrowRight")
        page.get_by_text(re.compile(rf"^At {10 * tenth} %: the target has")).wait_for()
    page.get_by_role("button", name="Save this model as a run").click()
    page.get_by_role("heading", level=1).get_by_text("30 % of the way").wait_for(timeout=200_000)
    saved = graft.show(re.search(r"run=([\w-]+)", page.url).group(1))
    assert saved["status"] == "finished" and saved["run"] not in two_runs


@pytest.mark.timeout(700)
def test_a_matrix_of_domains_is_drawn_and_says_what_is_lost(server, page, graft, tiny_encoder, tmp_path):
    rows = [
        (f"{text} {word}", label, name)
        for seed, (name, word) in enumerate({"books": "page", "films": "scene", "pans": "lid"}.items())
        for text, label in sentences(80, seed)
    ]
    pd.DataFrame(rows, columns=["text", "label", "domain"]).to_csv(tmp_path / "shop.csv", index=False)
    dataset = graft.call("data", "add", str(tmp_path / "shop.csv"))["dataset"]
    told = graft.call(
        "study", "new", "domains", "--dataset", dataset, "--model", str(tiny_encoder), "--strategies", "linear_probe,tfidf",
        "--seeds", "1", "--max-length", "32",
    )  # fmt: skip
    assert told["state"] == "finished" and len(told["matrices"]) == 2 and len(told["distances"]) == 3
    page.goto(f"{server.url}/results?study={told['study']}")
    page.get_by_text("right inside a domain").first.wait_for()
    page.locator(".js-plotly-plot").nth(2).wait_for()
    page.get_by_text("Judged on").first.wait_for()
    page.get_by_text("What the texts foretell").wait_for()
    page.get_by_text("encoder", exact=True).click()
    page.get_by_text(re.compile("^Rank correlation of distance and loss|^Fewer than five pairs")).wait_for()
