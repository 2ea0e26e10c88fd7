"""Tables inside one JSON value: a list of rows at any key, lists for parts, columns beside each other, or what pandas writes."""

from dataclasses import dataclass
from typing import Any

from core.data.reading.json_lists import are_labelled, from_lists, with_label
from core.data.reading.parts import part_of
from core.errors import DatasetError

EACH_ROW = "Each row must be an object with named fields."
FEWEST_TEXTS = 8  # keys of an object from which on they may be its texts
LONG_TEXT = 60  # characters of a cell from which on it is a text, not a name


@dataclass(frozen=True, slots=True)
class RowsInside:
    """The rows of a JSON value, and sentences about what was left out."""

    rows: list[Any]
    warnings: tuple[str, ...] = ()


def rows_inside(value: Any, name: str) -> RowsInside:
    """The rows of the table that a JSON value holds; an object that holds none is one row itself.

    Args:
        name: of the file, for the error.

    Raises:
        DatasetError: when it is neither a list nor an object.
    """
    if isinstance(value, list):
        return RowsInside(value)
    if not isinstance(value, dict):
        raise DatasetError(f"{name} holds no list of JSON objects.", EACH_ROW)
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):  # pandas, orient="split"
        return RowsInside([dict(zip(map(str, value["columns"]), row, strict=False)) for row in value["data"]])
    if parts := parts_among(value):
        return _from_parts(value, parts, name)
    tables = {key: cell for key, cell in value.items() if is_table(cell)}
    if are_labelled({key: set(rows[0]) for key, rows in tables.items()}):
        return RowsInside([with_label(row, key) for key, rows in tables.items() for row in rows])
    if tables:
        longest = max(tables, key=lambda key: len(tables[key]))
        sizes = {key: len(cell) for key, cell in value.items() if isinstance(cell, list) and len(cell) > 1}
        return RowsInside(tables[longest], left_out(sizes, {longest}))
    for inner in value.values():  # a table further in, such as {"data": {"rows": [...]}}
        if isinstance(inner, dict) and (any(map(is_table, inner.values())) or parts_among(inner)):
            return rows_inside(inner, name)
    for lists in (value, *value.values()):  # columns or texts by label, here or one level further in
        if isinstance(lists, dict) and (found := from_lists(lists)) is not None:
            return RowsInside(*found)
    for rows in (_from_texts(value), _from_objects(value)):
        if rows is not None:
            return RowsInside(rows)
    return RowsInside([value])


def parts_among(value: dict[str, Any]) -> dict[str, str]:
    """Key -> part, where two keys at least name parts and hold rows: {"train": [...], "dev": [...], "test": [...]}."""
    parts = {
        key: part for key, cell in value.items()
        if isinstance(cell, list | dict) and len(cell) and (part := part_of(str(key)))
    }  # fmt: skip
    listed = all(isinstance(value[key], dict) or isinstance(value[key][0], dict | list | str) for key in parts)
    return parts if len(set(parts.values())) > 1 and listed else {}


def left_out(sizes: dict[str, int], taken: set[str]) -> tuple[str, ...]:
    """A sentence for each list that is not among those ``taken``; ``sizes`` is key -> items."""
    return tuple(
        f"The list {key!r} with {size:,} items was left out: only the longest list is read."
        for key, size in sizes.items() if key not in taken
    )  # fmt: skip


def _from_parts(value: dict[str, Any], parts: dict[str, str], name: str) -> RowsInside:
    """The rows of all parts, each with its part as one more field."""
    rows: list[Any] = []
    warnings: tuple[str, ...] = ()
    for key, part in parts.items():
        inside = rows_inside(value[key], name)
        objects = [as_named(row) for row in named_pairs(inside.rows)]
        rows += [with_part(row, part) for row in objects]
        warnings += inside.warnings
    sizes = {key: len(cell) for key, cell in value.items() if isinstance(cell, list) and len(cell) > 1}
    return RowsInside(rows, warnings + left_out(sizes, set(parts)))


def as_named(row: Any) -> Any:
    """A row as an object where it is a list or a lone text; other values as they are."""
    if isinstance(row, list) and row and not isinstance(row[0], dict | list):
        return {str(position): cell for position, cell in enumerate(row)}
    return {"text": row} if isinstance(row, str) else row


def with_part(row: Any, part: str) -> Any:
    """The row with its part, in a field that it does not have yet."""
    if not isinstance(row, dict):
        return row
    return row | {"split" if "split" not in row else "part": part}


def named_pairs(rows: list[Any]) -> list[Any]:
    """Lists of [text, label] as objects with these names; rows of any other kind as they are."""
    if not rows or not all(isinstance(row, list) and len(row) == 2 and isinstance(row[0], str) for row in rows):
        return rows
    second = [row[1] for row in rows]
    if not all(isinstance(cell, str) for cell in second):
        return [{"text": row[0], "label": row[1]} for row in rows]
    first = [row[0] for row in rows]
    text, label = (0, 1) if _length(first) >= _length(second) else (1, 0)
    return [{"text": row[text], "label": row[label]} for row in rows]


def _length(cells: list[str]) -> int:
    return sum(map(len, cells))


def is_table(value: Any) -> bool:
    """Whether a value is a list that begins with an object."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _from_texts(value: dict[str, Any]) -> list[Any] | None:
    """{"a text": "label", ...}: many texts with one of a few labels each; None where the value is not built so."""
    labels = list(value.values())
    if len(labels) < FEWEST_TEXTS or not all(isinstance(label, str | int) for label in labels):
        return None
    if len(set(labels)) > len(labels) / 2 or sum(" " in text.strip() for text in value) < 0.8 * len(labels):
        return None
    return [{"text": text, "label": label} for text, label in value.items()]


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
