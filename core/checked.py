"""JSON files of the workspace, read in the shape that they must have or not at all, with the reason in words.

A shape is made of small checks: ``record({"rows": WHOLE}, {"note": TEXT})`` is an object that must hold ``rows`` and
may hold ``note``; keys that are not named may hold anything, for a newer version may have added them.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Check = Callable[[Any], str]  # what is wrong with a value, in words that follow its name; empty where nothing is

LARGEST = 1e18  # of any number that is stored; what is beyond breaks those who compute with it
NEWEST = 9e9  # unix seconds, the year 2255


class Unreadable(Exception):
    """A file that cannot be used; the message says why, in words that follow its name."""


def read_checked(path: Path, shape: Check) -> Any:
    """The JSON in ``path``.

    Raises:
        Unreadable: when the file is missing, cannot be read, is not JSON or has another shape.
    """
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise Unreadable("is missing") from None
    except OSError as error:
        raise Unreadable(f"cannot be read ({(error.strerror or type(error).__name__).lower()})") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("is cut off or is not JSON" if path.stat().st_size else "is empty") from error
    if wrong := shape(value):
        raise Unreadable(wrong)
    return value


def _kind(title: str, fits: Callable[[Any], bool]) -> Check:
    return lambda value: "" if fits(value) else f"is not {title}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


TEXT = _kind("a text", lambda value: isinstance(value, str))
TRUTH = _kind("true or false", lambda value: isinstance(value, bool))
NUMBER = _kind("a number", lambda value: _is_number(value) and math.isfinite(value))
WHOLE = _kind("a whole number", lambda value: _is_number(value) and isinstance(value, int))
TIME = _kind("a time", lambda value: _is_number(value) and 0 <= value <= NEWEST)


def one_of(*allowed: str) -> Check:
    """One of these texts."""
    return _kind(f"one of {', '.join(allowed)}", lambda value: isinstance(value, str) and value in allowed)


def optional(check: Check) -> Check:
    """As ``check``, or null."""
    return lambda value: "" if value is None else check(value)


def listing(check: Check, length: int | None = None) -> Check:
    """A list (of ``length`` entries) each of which fits ``check``."""

    def wrong(value: Any) -> str:
        if not isinstance(value, list):
            return "is not a list"
        if length is not None and len(value) != length:
            return f"does not hold {length} entries"
        return next((f"holds an entry that {said}" for entry in value if (said := check(entry))), "")

    return wrong


def mapping(check: Check) -> Check:
    """An object whose values all fit ``check``, whatever its keys."""

    def wrong(value: Any) -> str:
        if not isinstance(value, dict):
            return "is not an object"
        return next((f"holds a {key!r} that {said}" for key, entry in value.items() if (said := check(entry))), "")

    return wrong


def record(required: Mapping[str, Check], others: Mapping[str, Check] | None = None) -> Check:
    """An object with all of ``required``; ``others`` need not be there."""

    def wrong(value: Any) -> str:
        if not isinstance(value, dict):
            return "is not an object"
        for name, check in {**required, **(others or {})}.items():
            if name not in value:
                if name in required:
                    return f"holds no {name!r}"
            elif said := check(value[name]):
                return f"holds a {name!r} that {said}"
        return ""

    return wrong
