"""The menu: one table of pages, and a file behind each entry."""

import pytest

from pages.components.shared.router import PAGES
from tests.app.test_pages import open_page
from tests.conftest import ROOT


def test_every_page_has_its_entry_and_every_entry_its_page():
    assert {page.name for page in PAGES} == {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert PAGES[0].name == "home" and len({page.title for page in PAGES}) == len(PAGES)


def test_every_page_asks_the_router_before_it_shows_anything():
    for page in PAGES:
        lines = (ROOT / "pages" / f"{page.name}.py").read_text().splitlines()
        first = next(number for number, line in enumerate(lines) if line == "ensure_routed()")
        assert not any(line.startswith("from core") for line in lines[:first]), page.name


@pytest.mark.parametrize("page, name", [("run", "run"), ("compare", "runs"), ("data", "dataset"), ("predict", "run")])
def test_a_link_with_thousands_of_letters_opens_the_page_with_a_sentence(home, page, name):
    """Longer than any file may be called: no exception, and what is shown of it are letters."""
    open_page(page, **{name: "A" * 6_000})
