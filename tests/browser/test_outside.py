"""No page asks another machine for anything, whatever the data hold: a real Chromium in which every other host is blocked."""

import json
import shutil
from urllib.parse import urlsplit

import pandas as pd
import pytest

from pages.components.shared.router import PAGES
from tests.browser.test_walk import CHROMIUM, chromium, graft, pytestmark, server  # noqa: F401
from tests.conftest import sentences
from tests.damage import with_key

EVIL = (
    "<a href='//e.example'>y</a> ![x](http://evil.example/x.png) [go](http://evil.example) http://evil.example "
    "www.evil.example me@evil.example"
)
FAILED = "20200101-000000-dead"
LOCAL = ("localhost", "127.0.0.1", "::1")


@pytest.fixture(scope="module")
def hostile(graft, tiny_encoder, tmp_path_factory):  # noqa: F811
    """A set and a finished run whose every name tries to load an image and to become a link."""
    path = tmp_path_factory.mktemp("hostile") / "rows.parquet"
    frame = pd.DataFrame(sentences(120), columns=[f"text {EVIL}", f"label {EVIL}"])
    frame.iloc[:, 1] = frame.iloc[:, 1].map(lambda label: f"{label} {EVIL}")
    frame.to_parquet(path)
    columns = ["--text", frame.columns[0], "--label", frame.columns[1]]
    dataset = graft.call("data", "add", str(path), "--name", f"set {EVIL}", *columns)["dataset"]
    words = ["--model", str(tiny_encoder), "--strategy", "linear_probe", "--name", f"run {EVIL}"]
    run = graft.call("train", "--dataset", dataset, *words)["run"]
    shutil.copytree(graft.home / "runs" / run, graft.home / "runs" / FAILED)
    error = {"message": f"It failed. {EVIL}", "hint": f"Look there. {EVIL}"}
    with_key(graft.home / "runs" / FAILED / "status.json", state="failed", error=error)
    events = graft.home / "runs" / FAILED / "events.jsonl"
    events.write_text(
        events.read_text() + json.dumps({"event": "warned", "time": 1.0, "message": f"A warning. {EVIL}"}) + "\n"
    )
    return dataset, run


@pytest.fixture
def guarded(chromium):  # noqa: F811
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
    "data": ["all=1", *(f"dataset={{0}}&tab={tab}" for tab in SET_TABS)],
    "results": ["runs={1}", f"run={FAILED}", *(f"run={{1}}&tab={tab}" for tab in RUN_TABS)],
}  # fmt: skip


def test_every_page_is_looked_at():
    assert set(VIEWS) == {page.name for page in PAGES}


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_with_hostile_names_asks_nobody_else(server, guarded, hostile, name):  # noqa: F811
    page, outside = guarded
    for query in VIEWS[name]:
        page.goto(f"{server.url}/{name}?{query.format(*hostile)}")
        page.get_by_role("heading").first.wait_for()
        page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        page.wait_for_timeout(1_000)
        assert outside == [] and links_outside(page) == [], query
        assert page.locator("img[src*=evil]").count() == 0, query


def test_the_question_before_a_deletion_asks_nobody_else(server, guarded, hostile):  # noqa: F811
    page, outside = guarded
    page.goto(f"{server.url}/data?dataset={hostile[0]}")
    page.get_by_role("button", name="Delete this data set").click()
    page.get_by_role("dialog").get_by_text("goes to the trash").wait_for()
    assert outside == [] and links_outside(page) == [] and page.locator("img[src*=evil]").count() == 0


@pytest.mark.parametrize("address", ["results?run=", "results?runs=", "results?study=", "data?dataset=", "use?run="])
def test_a_crafted_link_is_shown_as_the_letters_it_is(server, guarded, hostile, address):  # noqa: F811
    page, outside = guarded
    page.goto(f"{server.url}/{address}![x](http%3A%2F%2Fevil.example%2Fx.png) http%3A%2F%2Fevil.example")
    page.get_by_role("heading").first.wait_for()
    page.wait_for_timeout(2_000)
    assert outside == [] and links_outside(page) == []
