"""Mending data in a real Chromium: a one-click fix with its undo, and labels corrected and trained on again."""

import re

import pandas as pd
import pytest

from tests.browser.app_server import open_tab
from tests.conftest import sentences


@pytest.fixture(scope="module")
def untidy(graft, tmp_path_factory):
    """A stored set with three repeats and some wrong labels."""
    frame = pd.DataFrame(sentences(240), columns=["comment", "verdict"])
    frame.loc[[100, 120, 140]] = frame.loc[[10, 12, 14]].to_numpy()
    frame.loc[3::14, "verdict"] = "neg"  # wrong labels, so that there are mistakes to mend
    path = tmp_path_factory.mktemp("untidy") / "untidy.csv"
    frame.to_csv(path, index=False)
    return graft.call("data", "add", str(path), "--name", "untidy")["dataset"]


def test_a_fix_by_one_click_and_its_undo(server, page, untidy):
    page.goto(f"{server.url}/data?dataset={untidy}&tab=Health")
    page.get_by_text("3 rows repeat an earlier text").wait_for()
    page.get_by_role("button", name="Remove 3 repeats").click()
    page.get_by_text("Dropped 3 rows that repeat an earlier text.").first.wait_for()
    page.wait_for_url(lambda url: untidy not in url)
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("3 rows repeat an earlier text").wait_for()
    page.wait_for_url(lambda url: untidy in url)


def test_a_label_is_corrected_and_the_model_trained_again(server, page, graft, untidy, tiny_encoder):
    words = ["--model", str(tiny_encoder), "--strategy", "linear_probe", "--name", "first try"]
    old = graft.call("train", "--dataset", untidy, *words)["run"]
    page.goto(f"{server.url}/results?run={old}")
    open_tab(page, "Mistakes")
    page.get_by_text("Only mistakes").click()
    page.get_by_text("; 0 are right.").wait_for()
    page.get_by_text("Correct labels").click()
    again = page.get_by_role("button", name="Save and train again")
    again.wait_for()  # the editable table has taken the place of the other one
    page.wait_for_timeout(1500)
    box = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    page.mouse.click(box["x"] + 30, box["y"] + 52)  # the box in the first row: take what the model says
    page.get_by_text(re.compile(r"\d labels? changed")).wait_for()
    again.click()
    page.get_by_text("Relabelled 1 row by hand.").first.wait_for()
    link = page.get_by_role("link", name="Compare with the old run").get_attribute("href")
    new = next(each for each in re.findall(r"\d{8}-\d{6}-\w{4}", str(link)) if each != old)
    graft.wait_state(new, "finished")
    shown = graft.show(new)
    assert shown["config"]["dataset"] != untidy and shown["config"]["strategy"] == "linear_probe"
    page.goto(f"{server.url}/compare?runs={old},{new}")
    page.get_by_text("1 of them were relabelled in between").wait_for()
