"""One cell of a label column: a label, several as a list or joined by a separator, or a yes or no."""

import ast
import json
import re
from typing import Any

from core.data.columns.numbers import NUMBER as NUMBER
from core.data.columns.numbers import number_of as number_of
from core.data.reading.cells import cell_text
from core.tasks import SEPARATOR

TRUE = (
    "1", "true", "yes", "1.0", "y", "t", "x", "✓", "✔", "☑", "ja", "wahr", "oui", "vrai", "si", "sí", "verdadero", "sì", "vero",
    "sim", "verdadeiro", "tak", "evet", "да", "是", "有", "はい", "예", "네", "نعم", "j",
)  # fmt: skip
FALSE = (
    "0", "false", "no", "0.0", "", "n", "f", "-", "–", "☐", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nie", "nee",
    "nej", "hayır", "нет", "否", "无", "無", "いいえ", "아니오", "아니요", "لا",
)  # fmt: skip
UNKNOWN = ("-1", "-1.0")  # beside 0 and 1: nobody has said
_WHOLE = re.compile(r"([-+]?\d+)[.,]0{1,2}|([-+]?\d+)\.0+")
_LISTS = ("choices", "labels", "taxonomy", "value", "values", "tags")  # keys under which annotation tools write a list
_NAMES = ("label", "name", "value", "text", "title", "class", "category")  # keys under which an item writes its name


def listed_items(cell: Any) -> list[str] | None:
    """The labels of a cell that is a list or names them, also one written as JSON or as Python writes it; None where it is none.

    Such cells are ["a", "b"], {"choices": ["a"]}, {"a": 1, "b": 0} (those that say yes), [{"label": "a"}] and an array as
    numpy prints it.
    """
    if hasattr(cell, "tolist") and not isinstance(cell, str):
        cell = cell.tolist()
    if isinstance(cell, str):
        cell = _parsed(cell.strip())
    if isinstance(cell, dict):
        cell = _of_mapping(cell)
    if not isinstance(cell, list | tuple | set):
        return None
    items = [_item_name(item) for item in cell]
    return None if None in items else [str(item).strip() for item in items]


def _parsed(text: str) -> Any:
    if text[:1] + text[-1:] not in ("[]", "{}"):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
    return re.findall(r"[^\s\[\]'\",]+", text) if text[0] == "[" else None


def _of_mapping(cell: dict[Any, Any]) -> Any:
    """The list inside {"choices": [...]}, the names that {"a": 1, "b": 0} says yes to, or the one value of {"rating": 4}."""
    if isinstance(cell.get("cats"), dict):  # spaCy beside its entities
        cell = cell["cats"]
    if said := marked_names(cell):
        return [name for name, is_said in said.items() if is_said]
    lists = [cell[key] for key in _LISTS if isinstance(cell.get(key), list)]
    if lists:
        return lists[0]
    if len(cell) == 1 and not isinstance(value := next(iter(cell.values())), dict | list):
        return [value]
    return None


def marked_names(cell: Any) -> dict[str, bool] | None:
    """{"A": 1, "B": 0.0} as name -> whether it is said; None for what is no mapping of two names at least to 0, 1 or shares."""
    if not isinstance(cell, dict) or len(cell) < 2:
        return None
    if not all(isinstance(value, int | float) and 0 <= value <= 1 for value in cell.values()):
        return None
    return {str(name): value >= 0.5 for name, value in cell.items()}


def _item_name(item: Any) -> str | None:
    """One item of a list as a name: a path of a taxonomy by slashes, an object by its name; None for what is no label."""
    if isinstance(item, dict):
        named = next((item[key] for key in _NAMES if isinstance(item.get(key), str | int)), None)
        return None if named is None or "start" in item or "start_offset" in item else str(named)
    if isinstance(item, list | tuple):
        is_path = bool(item) and all(isinstance(step, str) for step in item)
        return "/".join(item) if is_path else None
    return cell_text(item)


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
    return plain_label(name.replace(SEPARATOR, "/"))


def plain_label(text: str) -> str:
    """A label as it is called whatever the file: 1.0 as 1, True as true, without the prefix of fastText."""
    shown = text.strip().removeprefix("__label__")
    whole = _WHOLE.fullmatch(shown)
    if whole:
        number = whole[1] or whole[2]
        return "0" if number in ("-0", "+0") else number
    return shown.lower() if shown in ("True", "False", "TRUE", "FALSE") else shown


def places(cells: list[list[str]]) -> int:
    """How many places lists of 0 and 1 have where each place is one label, as [0, 0, 1]; 0 where the lists are something else."""
    lengths = {len(items) for items in cells}
    width = lengths.pop() if len(lengths) == 1 else 0
    if width < 2 or not all(item in ("0", "1", "0.0", "1.0", "true", "false") for items in cells for item in items):
        return 0
    return width


def at_places(cell: Any, names: tuple[str, ...]) -> set[str] | None:
    """The names at whose places a list says 1; None where nobody has said."""
    items = listed_items(cell)
    if items is None or len(items) != len(names):
        return None
    return {name for name, item in zip(names, items, strict=True) if item in ("1", "1.0", "true")}
