"""Class names that the ``datasets`` library writes into the schema of Parquet and Arrow files, where the cells hold numbers."""

import json
from typing import Any

import pyarrow as pa

KEY = b"huggingface"


def class_names(schema: pa.Schema) -> dict[str, list[str]]:
    """Column -> names of its classes in their order; of columns without names, nothing."""
    try:
        features = json.loads((schema.metadata or {}).get(KEY, b"{}"))["info"]["features"]
        return {str(column): names for column, feature in features.items() if (names := _names(feature))}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _names(feature: Any) -> list[str] | None:
    """The names of a ClassLabel, by itself or as the items of a list, which is written in several ways."""
    while isinstance(feature, list | dict) and feature:
        feature = feature[0] if isinstance(feature, list) else feature
        if feature.get("_type") == "ClassLabel":
            return [str(name) for name in feature.get("names") or ()]
        feature = feature.get("feature")
    return None


def with_class_names(table: pa.Table, names: dict[str, list[str]]) -> pa.Table:
    """The table with names in the place of numbers; -1, which stands for no label, becomes a missing cell."""
    for column, known in names.items():
        place = table.schema.get_field_index(column)
        if place < 0:
            continue
        kind = table.schema.field(place).type
        is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
        if not pa.types.is_integer(kind.value_type if is_list else kind):
            continue
        named = [_named(cell, known) for cell in table.column(place).to_pylist()]
        table = table.set_column(place, column, pa.array(named, pa.list_(pa.string()) if is_list else pa.string()))
    return table


def _named(cell: Any, names: list[str]) -> Any:
    if isinstance(cell, list):
        return [name for item in cell if (name := _named(item, names)) is not None]
    if cell is None or cell < 0:
        return None
    return names[cell] if cell < len(names) else str(cell)
