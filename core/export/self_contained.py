"""A module as one file that needs nothing of ours: what it takes from ``core`` is written into it, and all that this takes."""

import ast
import importlib
import inspect
from dataclasses import dataclass, field
from types import ModuleType

OURS = "core."


@dataclass
class _Parts:
    """What has been gathered: import lines of others' modules, and pieces of source in the order in which they are needed."""

    imports: dict[str, None] = field(default_factory=dict)
    pieces: dict[tuple[str, str], str] = field(default_factory=dict)


def self_contained(module: ModuleType) -> str:
    """The source of ``module`` with each function, class and constant that it takes from ``core`` written out in front.

    Functions keep the text that they have here, so a copy can be held against its origin; types in signatures are not
    followed, and are never looked up.

    Raises:
        ValueError: when it imports a module of ours as a whole.
    """
    tree, lines = _parsed(module)
    parts = _Parts()
    own = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
            for alias in node.names:
                _take(importlib.import_module(str(node.module)), alias.name, parts)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            parts.imports[_text(node, lines)] = None
        elif not _is_docstring(node):
            own.append(_text(node, lines))
    head = [
        f'"""{ast.get_docstring(tree)}\n"""',
        "from __future__ import annotations",
        "\n".join(sorted(parts.imports)),
    ]
    return "\n\n\n".join([*head, *parts.pieces.values(), *own]) + "\n"


def _take(module: ModuleType, name: str, parts: _Parts) -> None:
    """Add one name of a module of ours, after all that it needs."""
    if (module.__name__, name) in parts.pieces:
        return
    tree, lines = _parsed(module)
    defined = {named: node for node in tree.body for named in _defines(node)}
    node = defined.get(name)
    if node is None:
        raise ValueError(f"{module.__name__} does not define {name}")
    if isinstance(node, ast.Import | ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
            _take(importlib.import_module(str(node.module)), name, parts)
        else:
            parts.imports[_text(node, lines)] = None
        return
    for used in _used(node):
        if used in defined and used != name:
            _take(module, used, parts)
    parts.pieces[(module.__name__, name)] = _text(node, lines)


def _parsed(module: ModuleType) -> tuple[ast.Module, list[str]]:
    source = inspect.getsource(module)
    return ast.parse(source), source.splitlines()


def _text(node: ast.stmt, lines: list[str]) -> str:
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    return "\n".join(lines[first - 1 : node.end_lineno])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _defines(node: ast.stmt) -> list[str]:
    """The names that a statement of a module gives it."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, ast.Assign):
        targets = [each for target in node.targets for each in getattr(target, "elts", [target])]
        return [target.id for target in targets if isinstance(target, ast.Name)]
    return []


def _used(node: ast.AST) -> list[str]:
    """Names that are looked up when the statement runs, in their order; those of annotations are not."""
    if isinstance(node, ast.Name):
        return [node.id]
    skipped = ("annotation", "returns")
    found = []
    for name, value in ast.iter_fields(node):
        if name not in skipped:
            children = value if isinstance(value, list) else [value]
            found += [used for child in children if isinstance(child, ast.AST) for used in _used(child)]
    return found
