"""What stands in YAML, as JSON would have it: every value as it is written, ``null``, ``~`` and nothing as missing."""

from typing import Any

import yaml

from core.errors import DatasetError

_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MISSING = ("", "~", "null", "Null", "NULL")


def yaml_documents(text: str, name: str) -> list[Any]:
    """The values of all documents: lists, dicts, strings and None. A label ``no`` stays the word that it is.

    Raises:
        DatasetError: when it is no valid YAML, refers to parts of itself, or names a key twice.
    """
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_BASE)):
            raise DatasetError(
                f"{name} refers to parts of itself (an alias such as *name).", "Write it as JSON or CSV."
            )
        return [value for value in yaml.load_all(text, Loader=_Loader) if value is not None]
    except _Repeated as error:
        raise DatasetError(
            f"{name}: the key {error.key[:80]!r} near line {error.line:,} has stood before in the same place.",
            "Give each key once; texts of one label belong in one list.",
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" near line {place.line + 1:,}" if place else ""
        raise DatasetError(
            f"{name} is no valid YAML{where}.", "Correct it there, or write it as JSON or CSV."
        ) from error


class _Repeated(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


class _Loader(_BASE):
    """PyYAML's loader of plain strings, with missing values, and strict about keys."""

    def construct_scalar(self, node: Any) -> Any:
        is_plain = node.style is None or node.style == ""
        return None if is_plain and node.value in _MISSING else super().construct_scalar(node)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is no word", problem_mark=key.start_mark)
            if key.value in seen:
                raise _Repeated(key.value, key.start_mark.line + 1)
            seen.add(key.value)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}
