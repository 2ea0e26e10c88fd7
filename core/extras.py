"""What Graft runs without, and how to bring it where it is asked for."""

import importlib.util

from core.errors import GraftError


def need(what: str, modules: tuple[str, ...], requirements: str) -> None:
    """Make sure that optional packages are there before they are imported.

    Args:
        what: is asked for, as the beginning of a sentence: "Exporting to ONNX".
        modules: by the names by which they are imported.
        requirements: the file that lists them, such as requirements-export.txt.

    Raises:
        GraftError: naming what is missing and the command that brings it.
    """
    missing = [name for name in modules if not is_there(name)]
    if missing:
        raise GraftError(
            f"{what} needs {', '.join(missing)}, which {'are' if len(missing) > 1 else 'is'} not installed here.",
            f"Bring it with: pip install -r {requirements}",
        )


def is_there(name: str) -> bool:
    """Whether a module can be imported; it is not."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
