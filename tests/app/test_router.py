"""The menu: one table of pages, and a file behind each entry."""

from pages.components.shared.router import PAGES
from tests.conftest import ROOT


def test_every_page_has_its_entry_and_every_entry_its_page():
    assert {page.name for page in PAGES} == {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert PAGES[0].name == "home" and len({page.title for page in PAGES}) == len(PAGES)


def test_every_page_asks_the_router_before_it_shows_anything():
    for page in PAGES:
        lines = (ROOT / "pages" / f"{page.name}.py").read_text().splitlines()
        first = next(number for number, line in enumerate(lines) if line == "ensure_routed()")
        assert not any(line.startswith("from core") for line in lines[:first]), page.name
