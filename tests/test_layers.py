"""The direction of imports: who may know whom. A function's own imports count as its file's."""

import ast
import sys
from collections.abc import Mapping
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"torch", "transformers", "mlflow", "sentence_transformers"}

# From the ground up: a room stands below all that import it, and its line names exactly the rooms that it imports.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "extras": {"errors"},
    "workspace": {"errors"},
    "checked": set(),
    "threads": set(),
    "libraries": set(),
    "strategies": {"errors"},
    "metrics": set(),
    "config": {"errors", "metrics", "strategies"},
    "tasks": {"config", "errors", "metrics", "strategies"},
    "charts": {"metrics", "tasks"},
    "array_cache": {"workspace"},
    "runs": {"checked", "config", "errors", "tasks", "workspace"},
    "hub": set(),
    "models": {"config", "errors", "hub", "runs", "strategies", "workspace"},  # a finished run is a source too
    "evaluation": {"metrics", "tasks", "threads"},
    "data.reading": {"errors", "hub", "workspace"},
    "data.columns": {"data.reading", "errors", "tasks"},
    "data.splits": {"data.columns", "data.reading", "errors"},
    "data.sets": {"checked", "data.columns", "data.reading", "data.splits", "errors", "models", "workspace"},
    "data.cleaning": {
        "checked", "data.columns", "data.reading", "data.sets", "data.splits", "errors", "evaluation", "models", "runs", "tasks",
        "threads", "workspace",
    },
    "training": {"array_cache", "checked", "config", "errors", "metrics", "models", "strategies", "tasks", "threads", "workspace"},
    "doctor": {"errors", "models", "training", "workspace"},
    "results": {
        "array_cache", "checked", "config", "data.cleaning", "data.columns", "data.reading", "data.sets", "data.splits", "errors",
        "evaluation", "metrics", "models", "runs", "tasks", "training", "workspace",
    },
    "transfer": {
        "config", "data.columns", "data.sets", "data.splits", "errors", "evaluation", "metrics", "models", "results", "runs", "strategies",
        "tasks", "threads", "training",
    },
    "explore": {"array_cache", "data.sets", "errors", "evaluation", "models", "tasks", "training"},
    "explain": {
        "data.columns", "data.reading", "data.sets", "data.splits", "errors", "explore", "results", "runs", "tasks", "training",
    },
    "jobs": {
        "array_cache", "checked", "config", "data.cleaning", "data.sets", "data.splits", "errors", "evaluation", "extras",
        "models", "results", "runs", "strategies", "tasks", "training", "transfer", "workspace",
    },
    "merging": {
        "errors", "evaluation", "jobs", "metrics", "models", "results", "runs", "strategies", "tasks", "training", "transfer",
    },
    "studies": {
        "checked", "config", "data.sets", "errors", "evaluation", "jobs", "metrics", "models", "results", "runs", "strategies", "tasks",
        "training", "transfer", "workspace",
    },
    "export": {
        "config", "data.sets", "errors", "evaluation", "extras", "jobs", "metrics", "models", "results", "runs", "strategies", "studies",
        "tasks", "training", "workspace",
    },
    "present": {"errors", "export", "jobs", "results", "runs", "tasks"},
    "serve": {"errors", "evaluation", "export", "extras", "jobs", "results", "runs", "tasks", "training"},
    "cli": {
        "config", "data.cleaning", "data.reading", "data.sets", "doctor", "errors", "evaluation", "explain", "export", "jobs", "merging",
        "metrics", "models", "present", "results", "runs", "serve", "strategies", "studies", "tasks", "training", "transfer", "workspace",
    },
}  # fmt: skip


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    """What the import statements of a file name: modules, and what is taken from them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = set()
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{path}: say in full what is imported"
            imported |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return imported


@cache
def core_modules() -> dict[str, Path]:
    """Dotted name -> file; a package has the name of its folder."""
    paths = (ROOT / "core").rglob("*.py")
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


@cache
def imports_in_core() -> dict[str, set[str]]:
    """File -> files of core that it imports anywhere, for its types as well; a package counts where something in its
    ``__init__`` is asked for, not where it is only named on the way to a file."""
    modules = core_modules()
    graph = {}
    for module, path in modules.items():
        named = imports(path) & set(modules)
        on_the_way = {name for name in named if any(other.startswith(f"{name}.") for other in named)}
        graph[module] = named - on_the_way - {module}
    return graph


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[1:3]) if parts[1] == "data" and len(parts) > 2 else parts[1]


def imports_of_rooms() -> dict[str, set[str]]:
    """Room -> rooms that its files import; what stands above all rooms is left out."""
    rooms: dict[str, set[str]] = {}
    for module, imported in imports_in_core().items():
        if module not in ("core", "core.__main__", "core.data"):
            own = room_of(module)
            rooms[own] = rooms.get(own, set()) | {room_of(other) for other in imported if other != "core"} - {own}
    return rooms


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Groups of nodes from each of which one comes to every other."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        ahead, seen = [start], set()
        while ahead:
            fresh = graph.get(ahead.pop(), set()) - seen
            seen |= fresh
            ahead += fresh
        reached[start] = seen
    groups = {frozenset(other for other in reached[node] if node in reached.get(other, ())) for node in graph}
    return sorted((set(group) for group in groups if group), key=sorted)


def test_a_circle_is_found_however_long_it_is():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"f"}, "f": {"e"}}
    assert circles(graph) == [{"a", "b", "c"}, {"e", "f"}]


def test_the_table_runs_one_way():
    order = list(MAY_IMPORT)
    for room, allowed in MAY_IMPORT.items():
        above = [other for other in allowed if order.index(other) >= order.index(room)]
        assert not above, f"{room} stands below {above}"


def test_rooms_import_what_the_table_says_and_nothing_else():
    rooms = imports_of_rooms()
    assert set(rooms) == set(MAY_IMPORT)
    assert not {room: used - MAY_IMPORT[room] for room, used in rooms.items() if used - MAY_IMPORT[room]}
    assert not {room: MAY_IMPORT[room] - used for room, used in rooms.items() if MAY_IMPORT[room] - used}


def test_no_rooms_import_each_other_in_a_circle():
    assert circles(imports_of_rooms()) == []


def test_no_files_import_each_other_in_a_circle():
    assert circles(imports_in_core()) == []


def test_core_never_imports_the_screen():
    for path in core_modules().values():
        assert not {name.split(".")[0] for name in imports(path)} & {"streamlit", "pages", "streamlit_app"}, path


def test_metrics_take_arrays_and_know_no_other_library():
    paths = (ROOT / "core" / "metrics").rglob("*.py")
    libraries = {name.split(".")[0] for name in chain.from_iterable(map(imports, paths))}
    assert libraries - set(sys.stdlib_module_names) == {"core", "numpy", "scipy"}


def test_naming_settings_and_metrics_loads_no_large_library():
    large = {*HEAVY, "scipy", "sklearn", "pandas", "pyarrow"}
    ground = [path for name, path in core_modules().items() if name.startswith("core.metrics")]
    for path in [*ground, ROOT / "core" / "config.py", ROOT / "core" / "tasks.py"]:
        assert not {name.split(".")[0] for name in imports(path, top_level_only=True)} & large, path


def test_pages_do_not_import_heavy_libraries_when_they_open():
    for path in [*(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"]:
        assert not {name.split(".")[0] for name in imports(path, top_level_only=True)} & HEAVY, path


def test_pages_do_not_import_pages():
    for path in (ROOT / "pages").rglob("*.py"):
        others = {name for name in imports(path) if name.startswith("pages.")}
        assert all(name.startswith("pages.components") for name in others), path


def test_only_the_run_store_imports_mlflow():
    users = {name for name, path in core_modules().items() if any("mlflow" in used for used in imports(path))}
    assert users == {"core.runs.store"}
