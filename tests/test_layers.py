"""The direction of imports: who may know whom."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"torch", "transformers", "mlflow", "sentence_transformers"}

# inside core, each room may import the rooms named here (and itself)
BASE = {"errors", "strategies", "workspace", "config", "array_cache", "tasks", "threads"}
MAY_IMPORT = {
    "errors": set(),
    "workspace": set(),
    "libraries": set(),
    "threads": set(),
    "strategies": {"errors"},
    "config": {"errors", "strategies"},
    "array_cache": {"workspace"},
    "tasks": {"errors", "config", "strategies"},
    "data": BASE | {"models", "evaluation", "runs"},  # lengths are told in tokens of a source
    "models": BASE | {"runs"},
    "training": BASE | {"models", "evaluation"},
    "evaluation": BASE | {"data", "models", "training", "runs"},
    "runs": BASE,
    "jobs": BASE | {"data", "models", "training", "evaluation", "runs", "results"},
    "results": BASE | {"data", "models", "training", "evaluation", "runs", "jobs"},
    "transfer": BASE | {"data", "models", "training", "evaluation", "runs", "results"},
    "charts": BASE,
    "explore": BASE | {"data", "models", "training", "evaluation", "transfer", "charts", "results"},
    "doctor": BASE | {"models", "training"},
    "cli": BASE | {"data", "models", "training", "evaluation", "runs", "jobs", "transfer", "doctor", "results"},
}


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_core_never_imports_the_screen():
    for path in (ROOT / "core").rglob("*.py"):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & {"streamlit", "pages", "streamlit_app"}, path


def test_pages_do_not_import_heavy_libraries_when_they_open():
    for path in [*(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"]:
        assert not {name.split(".")[0] for name in imports(path, top_level_only=True)} & HEAVY, path


def test_pages_do_not_import_pages():
    for path in (ROOT / "pages").rglob("*.py"):
        others = {name for name in imports(path) if name.startswith("pages.")}
        assert all(name.startswith("pages.components") for name in others), path


def test_rooms_of_core_import_only_the_rooms_they_may():
    for path in (ROOT / "core").rglob("*.py"):
        room = path.relative_to(ROOT / "core").parts[0].removesuffix(".py")
        if room in ("__init__", "__main__"):
            continue
        used = {name.split(".")[1] for name in imports(path) if name.startswith("core.") and name != "core.__version__"}
        assert used - {room} <= MAY_IMPORT[room], f"{path}: {sorted(used - {room} - MAY_IMPORT[room])}"


def test_only_the_run_store_imports_mlflow():
    users = {path.name for path in (ROOT / "core").rglob("*.py") if any("mlflow" in name for name in imports(path))}
    assert users == {"store.py"}
