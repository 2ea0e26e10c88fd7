"""No file of the program imports itself by way of others, not even inside a function."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {module_name(path): path for room in ("core", "pages") for path in (ROOT / room).rglob("*.py")}


def imported(path: Path) -> set[str]:
    """The files that a file imports when it runs; imports for the type checker alone are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in for_types:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                names.add(whole if whole in FILES else node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names & set(FILES)


def test_no_file_is_reached_again_from_what_it_imports():
    graph = {name: imported(path) - {name, "core", "pages"} for name, path in FILES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
