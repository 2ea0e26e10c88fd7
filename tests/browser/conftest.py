"""What tests in a browser share: one app, one Chromium and one workspace for all files that a process carries out.

A file whose first page has to be that of an empty workspace makes ``graft`` and ``server`` anew (``fresh`` fixtures below).
"""

from pathlib import Path

import pandas as pd
import pytest

from tests.browser.app_server import CHROMIUM, serving, workspace
from tests.conftest import sentences


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            item.add_marker(
                pytest.mark.skipif(
                    CHROMIUM is None, reason="no Chromium on this machine: install it to run the browser tests"
                )
            )
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(400))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """A test that fails tells what its page showed then."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page is not None and not page.is_closed():
        held = page.evaluate("document.activeElement ? document.activeElement.outerHTML.slice(0, 300) : ''")
        text = page.evaluate("document.body.innerText")
        report.sections.append(("Page", f"{page.url}\nFocus: {held}\n{text}"))
    return report


@pytest.fixture(scope="session")
def graft(tmp_path_factory):
    yield from workspace(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def server(graft):
    yield from serving(graft)


@pytest.fixture(scope="module")
def fresh_graft(tmp_path_factory):
    yield from workspace(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="module")
def fresh_server(fresh_graft):
    yield from serving(fresh_graft)


@pytest.fixture(scope="module")
def chromium():
    """Ended with each file: while it lives, its event loop runs in this process, and no other can."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A fresh visitor."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1600})
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


@pytest.fixture(scope="session")
def csv(tmp_path_factory):
    path = tmp_path_factory.mktemp("upload") / "my reviews.csv"
    pd.DataFrame(sentences(240), columns=["comment", "verdict"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def two_runs(graft, csv, tiny_encoder):
    """Two finished runs made on the command line, to be looked at in the browser."""
    dataset = graft.call("data", "add", str(csv), "--name", "two runs", "--seed", "7")["dataset"]
    words = ["train", "--dataset", dataset, "--model", str(tiny_encoder), "--lr", "0.003"]
    return [graft.call(*words, "--epochs", epochs, "--name", f"{epochs} epochs")["run"] for epochs in ("3", "1")]
