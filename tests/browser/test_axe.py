"""What axe-core finds on the pages: no serious fault, light and dark."""

import pytest

from tests.browser.test_outside import RUN_TABS, SET_TABS
from tests.browser.test_walk import CHROMIUM, chromium, csv, graft, pytestmark, server, two_runs  # noqa: F401

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
GRAVE = ("serious", "critical")
PATHS = (
    "", "data?all=1", "data?add=1", *(f"data?dataset={{2}}&tab={tab}" for tab in SET_TABS), "train?dataset={2}", "results?runs=",
    "results?runs={0},{1}", *(f"results?run={{0}}&tab={tab}" for tab in RUN_TABS), "use?run={0}",
)  # fmt: skip


OF_EACH_KIND = (
    "",
    "data?dataset={2}&tab=Health",
    "train?dataset={2}",
    "results?runs={0},{1}",
    "results?run={0}&tab=Summary",
    "use?run={0}",
)


@pytest.mark.parametrize(("theme", "paths"), [("light", PATHS), ("dark", OF_EACH_KIND)], ids=["light", "dark"])
def test_no_page_has_a_serious_fault(server, chromium, graft, two_runs, theme, paths):  # noqa: F811
    dataset = graft.show(two_runs[0])["config"]["dataset"]
    context = chromium.new_context(viewport={"width": 1280, "height": 1600}, color_scheme=theme)
    page, found = context.new_page(), []
    for path in paths:
        page.goto(f"{server.url}/{path.format(*two_runs, dataset)}")
        page.locator("h1").first.wait_for()
        page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        page.wait_for_timeout(500)
        for fault in axe.Axe().run(page).response["violations"]:
            if fault["impact"] in GRAVE:
                found += [(path, fault["id"], node["target"], node["failureSummary"]) for node in fault["nodes"]]
    context.close()
    assert found == []
