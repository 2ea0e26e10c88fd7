"""Objects that name a key twice: JSON allows it, and most readers keep the last value without a word."""

from typing import Any


class RepeatedKey(ValueError):
    """A key that stands twice in one object, with different values.

    Attributes:
        key: its name.
    """

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key[:80]!r} stands twice with different values")
        self.key = key


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its pairs, as ``json`` hands them over; lists under one key become one list.

    Raises:
        RepeatedKey: for other values that differ.
    """
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        _put(found, key, value)
    return found


def _put(found: dict[str, Any], key: str, value: Any) -> None:
    if key not in found:
        found[key] = value
    elif found[key] == value:
        return
    elif isinstance(found[key], list) and isinstance(value, list):
        found[key] = found[key] + value
    else:
        raise RepeatedKey(key)


class OnceEach(dict[str, Any]):
    """An object that ``ijson`` fills key by key; a key that comes again with another value raises RepeatedKey."""

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self and self[key] != value:
            raise RepeatedKey(key)
        super().__setitem__(key, value)
