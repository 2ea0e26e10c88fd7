"""Sources in packages on the Train page."""

import sys
from dataclasses import replace

import pytest

from core.models.index_sources import INDEX_SOURCES
from core.models.unpacking import INSTALL, Package, is_unpacked
from tests.app.test_pages import open_page, said
from tests.models.test_index_sources import MADE_UP

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_the_form_says_what_is_rounded_and_how_to_bring_what_is_missing(dataset, monkeypatch):
    absent = replace(INDEX_SOURCES["e5"], packages=(Package("graft-not-there", "1", "x/y.bin", ""),))
    monkeypatch.setitem(INDEX_SOURCES, "e5", absent)
    app = open_page("train", dataset=dataset.id)
    assert "Multilingual E5 small (rounded to 4 bits) (not installed)" in app.selectbox(key="source").options
    app.selectbox(key="source").set_value("e5").run()
    assert not app.exception
    assert all(words in said(app) for words in ("licence MIT", "100 languages", "requirements-sources.txt"))
    assert app.button(key="queue_run").disabled


def test_a_source_is_unpacked_by_a_button_before_the_run(dataset, tmp_path, monkeypatch):
    names: dict = {}
    exec(compile(MADE_UP, "made_up", "exec"), names)
    monkeypatch.setattr(sys, "path", list(sys.path))
    names["install"](tmp_path / "site")
    made_up = replace(names["SOURCE"], key="e5")
    monkeypatch.setitem(INDEX_SOURCES, "e5", made_up)
    app = open_page("train", dataset=dataset.id, source="e5")
    assert "It is unpacked once" in said(app) and not app.button(key="queue_run").disabled
    app.button(key="unpack").click().run()
    assert not app.exception and is_unpacked(made_up)
    assert "unpack" not in [button.key for button in app.button] and INSTALL not in said(app)
