"""The rooms of core/data: a row passes them in one direction, and no two files need each other."""

from pathlib import Path

from tests.conftest import ROOT
from tests.test_layers import imports

DATA = ROOT / "core" / "data"
ROOMS = ("reading", "columns", "splits", "sets", "cleaning")


def modules() -> dict[str, Path]:
    """Dotted name -> file, of all files in the rooms."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for room in ROOMS for path in (DATA / room).rglob("*.py") if path.name != "__init__.py"
    }  # fmt: skip


def test_every_folder_is_a_room():
    assert {path.parent.name for path in DATA.glob("*/__init__.py")} == set(ROOMS)


def test_a_room_knows_only_those_before_it():
    for name, path in modules().items():
        room = name.split(".")[2]
        later = {f"core.data.{other}" for other in ROOMS[ROOMS.index(room) + 1 :]}
        known = {".".join(used.split(".")[:3]) for used in imports(path)}
        assert not known & later, name


def test_no_two_files_need_each_other():
    files = modules()
    needs = {name: imports(path) & set(files) - {name} for name, path in files.items()}
    while free := [name for name, used in needs.items() if not used & set(needs)]:
        for name in free:
            del needs[name]
    assert not needs, sorted(needs)
