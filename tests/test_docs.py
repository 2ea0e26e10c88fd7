"""The docs keep up with the program."""

import re

from core.cli.commands import COMMANDS, GROUPS
from tests.conftest import ROOT


def test_the_readme_shows_every_command_and_none_that_does_not_exist():
    shown = re.findall(r"python -m core ([\w-]+)(?: ([\w-]+))?", (ROOT / "README.md").read_text())
    known = {command.words for command in COMMANDS if not command.inner}
    assert {first for first, _ in shown} == {words[0] for words in known}
    assert {words for words in shown if words[0] in GROUPS} <= known


def test_every_picture_of_the_readme_is_there():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / picture).stat().st_size > 10_000, picture


def test_every_requirement_has_its_reason():
    reasons = (ROOT / "docs" / "decisions.md").read_text()
    files = [file for file in sorted(ROOT.glob("requirements*.txt")) if file.name != "requirements-dev.txt"]
    assert len(files) > 3
    for file in files:
        for line in file.read_text().splitlines():
            if line and not line.startswith("#"):
                name, version = line.split("==")
                assert version and re.sub(r"-part-\d+$", "", name) in reasons, name


def test_the_project_speaks_of_itself_alone():
    pattern = re.compile("|".join(("/wo" + "rk/", r"\.lib" + "rary", "farm-" + "(studio|bench)")))
    for path in ROOT.rglob("*"):
        inside = not {".venv", ".git", "workspace"} & set(path.relative_to(ROOT).parts)
        if inside and path.suffix in (".py", ".md", ".toml", ".txt", ".sh", ".csv"):
            assert not pattern.search(path.read_text(encoding="utf-8")), path


def test_the_architecture_names_files_that_exist_and_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:core|pages|tests|docs)/[\w/.-]+|\w+\.md)`", text):
        assert "NAME" in name or (ROOT / name).exists(), f"docs/architecture.md names {name}"
    rooms = {path.name.removesuffix(".py") for path in (ROOT / "core").iterdir() if not path.name.startswith("_")}
    missing = {room for room in rooms if not re.search(rf"\b{room}\b", text)} - {"doctor"}
    assert not missing, f"rooms that docs/architecture.md does not show: {sorted(missing)}"


def test_each_registry_of_the_architecture_is_asked_for_in_the_tests_that_hold_it():
    rows = re.findall(r"^\| \*\*(.+?)\*\*.*\| (.+) \|$", (ROOT / "docs" / "architecture.md").read_text(), re.M)
    assert len(rows) == 11
    for what, held in rows:
        for name in re.findall(r"`(tests/[\w/.]+)`", held):
            assert "def test_" in (ROOT / name).read_text(encoding="utf-8"), f"{what}: {name}"
