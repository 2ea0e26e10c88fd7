"""One cell of a label column: a label, several as a list or joined by a separator, a number, or a yes or no."""

import ast
import json
import re
from typing import Any

from core.data.reading.cells import cell_text
from core.tasks import SEPARATOR

TRUE = ("1", "true", "yes", "1.0")
FALSE = ("0", "false", "no", "0.0", "")
NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")


def listed_items(cell: Any) -> list[str] | None:
    """The items of a cell that is a list, also one written as JSON or as Python writes it; None where it is none."""
    if hasattr(cell, "tolist") and not isinstance(cell, str):
        cell = cell.tolist()
    if isinstance(cell, str) and cell.strip().startswith("[") and cell.strip().endswith("]"):
        text = cell.strip()
        try:
            cell = json.loads(text)
        except json.JSONDecodeError:
            try:
                cell = ast.literal_eval(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                cell = re.findall(r"[^\s\[\]'\",]+", text)  # an array as numpy prints it
    if not isinstance(cell, list | tuple | set):
        return None
    items = [cell_text(item).strip() for item in cell if not isinstance(item, dict | list)]
    return items if len(items) == len(cell) else None


def joined_items(text: str, separator: str) -> list[str]:
    """The labels that a separator joins, without empty ones."""
    return [item for part in text.split(separator) if (item := part.strip())]


def cell_labels(cell: Any, separator: str | None) -> set[str] | None:
    """The labels in one cell; an empty list is a row without labels, an empty cell (None) a row that nobody labelled."""
    items = listed_items(cell)
    if items is None:
        text = cell_text(cell).strip()
        if not text:
            return None
        items = joined_items(text, separator) if separator else [text]
    return {storable_label(name) for name in items if name}


def storable_label(name: str) -> str:
    """A label without the sign that joins several where they are stored."""
    return name.replace(SEPARATOR, "/").strip()


def number_of(text: str) -> float:
    """The number that ``NUMBER`` matches, with a point or a comma before its decimals."""
    return float(text.replace(",", "."))
