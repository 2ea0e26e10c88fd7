"""The menu: one table of pages, and a file behind each entry."""

from types import SimpleNamespace

import pytest

from pages.components.shared.former import FORMER
from pages.components.shared.router import PAGES
from tests.app.test_pages import finished, open_page
from tests.conftest import ROOT


def test_every_page_has_its_entry_and_every_entry_its_page():
    assert {page.name for page in PAGES} | set(FORMER) == {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert PAGES[0].name == "home" and len({page.title for page in PAGES}) == len(PAGES)


def test_every_page_asks_the_router_before_it_shows_anything():
    for page in PAGES:
        lines = (ROOT / "pages" / f"{page.name}.py").read_text().splitlines()
        first = next(number for number, line in enumerate(lines) if line == "ensure_routed()")
        assert not any(line.startswith("from core") for line in lines[:first]), page.name


@pytest.mark.parametrize(
    "page, name", [("results", "run"), ("results", "runs"), ("results", "study"), ("data", "dataset"), ("use", "run")]
)
def test_a_link_with_thousands_of_letters_opens_the_page_with_a_sentence(home, page, name):
    """Longer than any file may be called: no exception, and what is shown of it are letters."""
    open_page(page, **{name: "A" * 6_000})


@pytest.mark.parametrize(
    ("former", "asked", "page", "kept"),
    [
        ("run", {"run": "a"}, "results", {"run": "a"}),
        ("compare", {"runs": "a,b"}, "results", {"runs": "a,b"}),
        ("compare", {}, "results", {"runs": ""}),
        ("explore", {"dataset": "d", "view": "Map"}, "data", {"dataset": "d", "view": "Map", "tab": "Map and search"}),
        ("explore", {"dataset": "d"}, "data", {"dataset": "d", "tab": "Overview"}),
        ("predict", {"run": "a"}, "results", {"run": "a", "tab": "Try it"}),
        ("predict", {"run": "a", "true": "x", "predicted": "y"}, "results",
         {"run": "a", "true": "x", "predicted": "y", "tab": "Mistakes"}),
        ("predict", {"score": "d"}, "use", {"score": "d"}),
        ("predict", {}, "use", {}),
    ],
)  # fmt: skip
def test_a_former_address_leads_on_with_all_that_it_asked_for(monkeypatch, former, asked, page, kept):
    led: list[tuple[str, dict[str, str]]] = []

    class Asked(dict):
        to_dict = dict.copy

    class Left(Exception):
        """As Streamlit leaves a page for another."""

    def switch_page(path, query_params):
        led.append((path, query_params))
        raise Left

    monkeypatch.setattr(
        "pages.components.shared.former.st", SimpleNamespace(query_params=Asked(asked), switch_page=switch_page)
    )
    with pytest.raises(Left):
        FORMER[former]()
    assert led == [(f"pages/{page}.py", kept)]


def test_a_former_page_opens_what_has_taken_over(dataset):
    run = finished(dataset, "good one", 0.9)
    for former, asked in (
        ("run", {"run": run.id}),
        ("predict", {"run": run.id}),
        ("compare", {"runs": run.id}),
        ("explore", {"dataset": dataset.id}),
    ):
        app = open_page(former, **asked)
        assert app.title[0].value == {"compare": "Results", "explore": dataset.name}.get(former, "good one")
