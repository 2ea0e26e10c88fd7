"""Tables inside one JSON value: a list of rows at any key, columns beside each other, or what pandas writes."""

from typing import Any

from core.errors import DatasetError

EACH_ROW = "Each row must be an object with named fields."
LONG_TEXT = 60  # characters of a cell from which on it is a text, not a name


def rows_inside(value: Any, name: str) -> list[Any]:
    """The rows of the table that a JSON value holds; an object that holds none is one row itself.

    Args:
        name: of the file, for the error.

    Raises:
        DatasetError: when it is neither a list nor an object.
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise DatasetError(f"{name} holds no list of JSON objects.", EACH_ROW)
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):  # pandas, orient="split"
        return [dict(zip(map(str, value["columns"]), row, strict=False)) for row in value["data"]]
    tables = [cell for cell in value.values() if is_table(cell)]
    if tables:
        return max(tables, key=len)
    for inner in value.values():  # a table further in, such as {"data": {"rows": [...]}}
        if isinstance(inner, dict) and any(map(is_table, inner.values())):
            return rows_inside(inner, name)
    for rows in (_from_columns(value), _from_objects(value)):
        if rows is not None:
            return rows
    return [value]


def is_table(value: Any) -> bool:
    """Whether a value is a list that begins with an object."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _from_columns(value: dict[str, Any]) -> list[Any] | None:
    """{"text": [...], "label": [...]}: columns of one length; None where the value is not built so."""
    columns = list(value.values())
    if len(columns) < 2 or not all(isinstance(column, list) for column in columns) or len(set(map(len, columns))) > 1:
        return None
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _from_objects(value: dict[str, Any]) -> list[Any] | None:
    """Objects of equal keys: rows by their index, or columns by the number of the row, as pandas writes both."""
    objects = list(value.values())
    if len(objects) < 2 or not all(isinstance(inner, dict) and inner.keys() == objects[0].keys() for inner in objects):
        return None
    first = objects[0]
    has_long_texts = any(isinstance(cell, str) and len(cell) > LONG_TEXT for cell in first.values())
    if (has_long_texts and len(objects) < len(first)) or next(iter(first), "").isdigit():  # orient="columns"
        return [dict(zip(value, row, strict=True)) for row in zip(*(inner.values() for inner in objects), strict=True)]
    return objects  # orient="index"
