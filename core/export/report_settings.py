"""The settings of runs, as a reader calls them."""

from collections.abc import Sequence
from typing import Any

from core.config import settings
from core.results.compare import Comparison
from core.runs.folder import Run


def settings_of(run: Run) -> list[tuple[str, str]]:
    """(setting, value) of each; what was left to Graft is *automatic*, with what it took where the result says so."""
    names, result = settings(), run.result or {}
    return [(names[name][0], _value(name, value, result)) for name, value in run.config.told().items() if name in names]


def differing(runs: Sequence[Run], comparison: Comparison) -> list[tuple[str, list[str]]]:
    """(setting, value of each run) where they differ."""
    names = settings()
    return [
        (names[name][0] if name in names else name, [_value(name, values[run.id], run.result or {}) for run in runs])
        for name, values in comparison.differences.items()
    ]


def _value(name: str, value: Any, result: dict[str, Any]) -> str:
    if value is None:
        return f"automatic: {result['epochs']}" if name == "epochs" and result.get("epochs") else "automatic"
    return "yes" if value is True else "no" if value is False else str(value)
