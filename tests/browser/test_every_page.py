"""Every page, seen once and judged on all counts, in a real Chromium in which every other host is blocked.

Whatever the data hold, it asks no other machine for anything; axe-core finds no serious fault; nothing is wider than the window.
"""

import json
import shutil
from urllib.parse import urlsplit

import pandas as pd
import pytest

from pages.components.shared.router import PAGES
from tests.conftest import sentences
from tests.damage import with_key

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

EVIL = (
    "<a href='//e.example'>y</a> ![x](http://evil.example/x.png) [go](http://evil.example) http://evil.example "
    "www.evil.example me@evil.example"
)
FAILED, ANOTHER = "20200101-000000-dead", "20200101-000001-beef"
LOCAL = ("localhost", "127.0.0.1", "::1")


@pytest.fixture(scope="module")
def hostile(fresh_graft, tiny_encoder, tmp_path_factory):
    """A set, a finished run and a study whose every name tries to load an image and to become a link."""
    path = tmp_path_factory.mktemp("hostile") / "rows.parquet"
    frame = pd.DataFrame(sentences(120), columns=[f"text {EVIL}", f"label {EVIL}"])
    frame.iloc[:, 1] = frame.iloc[:, 1].map(lambda label: f"{label} {EVIL}")
    frame.to_parquet(path)
    columns = ["--text", frame.columns[0], "--label", frame.columns[1]]
    dataset = fresh_graft.call("data", "add", str(path), "--name", f"set {EVIL}", *columns)["dataset"]
    words = ["--model", str(tiny_encoder), "--strategy", "linear_probe", "--name", f"run {EVIL}"]
    run = fresh_graft.call("train", "--dataset", dataset, *words)["run"]
    shutil.copytree(fresh_graft.home / "runs" / run, fresh_graft.home / "runs" / FAILED)
    error = {"message": f"It failed. {EVIL}", "hint": f"Look there. {EVIL}"}
    with_key(fresh_graft.home / "runs" / FAILED / "status.json", state="failed", error=error)
    events = fresh_graft.home / "runs" / FAILED / "events.jsonl"
    events.write_text(
        events.read_text() + json.dumps({"event": "warning", "time": 1.0, "message": f"A warning. {EVIL}"}) + "\n"
    )
    shutil.copytree(fresh_graft.home / "runs" / run, fresh_graft.home / "runs" / ANOTHER)
    words = ["--model", str(tiny_encoder), "--strategies", "linear_probe", "--seeds", "1", "--name", f"study {EVIL}"]
    study = fresh_graft.call("study", "new", "strategies", "--dataset", dataset, *words)
    return dataset, run, study["study"]


@pytest.fixture
def guarded(chromium):
    """A fresh visitor who reaches nothing but this machine, and the addresses of other machines that pages asked for."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1600})
    outside: list[str] = []

    def only_here(route):
        if urlsplit(route.request.url).hostname in LOCAL:
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page, outside
    context.close()


def links_outside(page) -> list[str]:
    """Where links on the page lead, other machines only."""
    found = page.eval_on_selector_all(
        "a, img", "nodes => nodes.map(node => node.href?.baseVal ?? node.href ?? node.src)"
    )
    return [link for link in found if link and urlsplit(str(link)).hostname not in (*LOCAL, None)]


SET_TABS = ("Overview", "Health", "Rows", "Map+and+search", "Versions")
RUN_TABS = ("Summary", "Mistakes", "Try+it", "Training", "Transfer", "Use+it")
VIEWS = {  # all that can be seen of a set and of a run
    "home": [""], "train": ["dataset={0}", "dataset={0}&kind=A+study"], "use": ["run={1}"],
    "data": ["all=1", "add=1", *(f"dataset={{0}}&tab={tab}" for tab in SET_TABS)],
    "results": ["runs=", f"runs={{1}},{ANOTHER}", f"run={FAILED}", "study={2}", *(f"run={{1}}&tab={tab}" for tab in RUN_TABS)],
}  # fmt: skip
DARK = (
    "", "data?dataset={0}&tab=Health", "train?dataset={0}", f"results?runs={{1}},{ANOTHER}", "results?run={1}&tab=Summary",
    "results?study={2}", "use?run={1}",
)  # fmt: skip
WIDTHS = (390, 1280, 1920)
GRAVE = ("serious", "critical")


def test_every_page_is_looked_at():
    assert set(VIEWS) == {page.name for page in PAGES}


def drawn(page):
    """Wait until the page stands as it will."""
    page.get_by_role("heading").first.wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_timeout(500)


def grave_faults(page):
    """What axe-core finds on the page that keeps somebody out."""
    return [
        (fault["id"], node["target"], node["failureSummary"])
        for fault in axe.Axe().run(page).response["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_with_hostile_names_asks_nobody_else_shuts_nobody_out_and_fits(fresh_server, guarded, hostile, name):
    page, outside = guarded
    for query in VIEWS[name]:
        page.set_viewport_size({"width": 1280, "height": 1600})
        page.goto(f"{fresh_server.url}/{name}?{query.format(*hostile)}")
        drawn(page)
        assert outside == [] and links_outside(page) == [], query
        assert page.locator("img[src*=evil]").count() == 0, query
        assert page.locator("[data-testid=stException]").count() == 0, query
        assert grave_faults(page) == [], query
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(250)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (query, width)


def test_the_pages_shut_nobody_out_in_the_dark(fresh_server, chromium, hostile):
    context = chromium.new_context(viewport={"width": 1280, "height": 1600}, color_scheme="dark")
    page = context.new_page()
    for path in DARK:
        page.goto(f"{fresh_server.url}/{path.format(*hostile)}")
        drawn(page)
        assert grave_faults(page) == [], path
    context.close()


def test_the_question_before_a_deletion_asks_nobody_else(fresh_server, guarded, hostile):
    page, outside = guarded
    page.goto(f"{fresh_server.url}/data?dataset={hostile[0]}")
    page.get_by_role("button", name="Delete this data set").click()
    page.get_by_role("dialog").get_by_text("goes to the trash").wait_for()
    assert outside == [] and links_outside(page) == [] and page.locator("img[src*=evil]").count() == 0


@pytest.mark.parametrize("address", ["results?run=", "results?runs=", "results?study=", "data?dataset=", "use?run="])
def test_a_crafted_link_is_shown_as_the_letters_it_is(fresh_server, guarded, hostile, address):
    page, outside = guarded
    page.goto(f"{fresh_server.url}/{address}![x](http%3A%2F%2Fevil.example%2Fx.png) http%3A%2F%2Fevil.example")
    drawn(page)
    assert outside == [] and links_outside(page) == []
