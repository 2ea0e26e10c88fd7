"""No page asks another machine for anything, whatever the data hold: a real Chromium in which every other host is blocked."""

from urllib.parse import urlsplit

import pandas as pd
import pytest

from pages.components.shared.router import PAGES
from tests.browser.test_walk import CHROMIUM, chromium, graft, pytestmark, server  # noqa: F401
from tests.conftest import sentences

EVIL = "![x](http://evil.example/x.png) [go](http://evil.example) http://evil.example www.evil.example"
LOCAL = ("localhost", "127.0.0.1", "::1")


@pytest.fixture(scope="module")
def hostile(graft, tiny_encoder, tmp_path_factory):  # noqa: F811
    """A set and a finished run whose every name tries to load an image and to become a link."""
    path = tmp_path_factory.mktemp("hostile") / "rows.csv"
    frame = pd.DataFrame(sentences(120), columns=[f"text {EVIL}", f"label {EVIL}"])
    frame.iloc[:, 1] = frame.iloc[:, 1].map(lambda label: f"{label} {EVIL}")
    frame.to_csv(path, index=False)
    roles = ["--text", f"text {EVIL}", "--label", f"label {EVIL}"]
    dataset = graft.call("data", "add", str(path), "--name", f"set {EVIL}", *roles, "--header")["dataset"]
    words = ["--model", str(tiny_encoder), "--strategy", "linear_probe", "--name", f"run {EVIL}"]
    return dataset, graft.call("train", "--dataset", dataset, *words)["run"]


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


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_a_page_with_hostile_names_asks_nobody_else(server, guarded, hostile, name):  # noqa: F811
    page, outside = guarded
    dataset, run = hostile
    query = {"compare": f"runs={run}", "run": f"run={run}", "predict": f"run={run}"}.get(name, f"dataset={dataset}")
    page.goto(f"{server.url}/{name}?{query}")
    page.get_by_role("heading").first.wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_timeout(1_000)
    assert outside == [] and links_outside(page) == []
    assert page.locator("img[src*=evil]").count() == 0


@pytest.mark.parametrize("address", ["run?run=", "compare?runs=", "data?dataset=", "predict?run="])
def test_a_crafted_link_is_shown_as_the_letters_it_is(server, guarded, hostile, address):  # noqa: F811
    page, outside = guarded
    page.goto(f"{server.url}/{address}![x](http%3A%2F%2Fevil.example%2Fx.png) http%3A%2F%2Fevil.example")
    page.get_by_role("heading").first.wait_for()
    page.wait_for_timeout(2_000)
    assert outside == [] and links_outside(page) == []
