"""Rows of JSON: values of any shape become objects, objects of differing fields become batches of one table."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from core.data.reading.exports.registry import LOOKED_AT, find_shape
from core.data.reading.exports.shape import Convert
from core.data.reading.header import unique_names
from core.data.reading.limits import MOST_COLUMNS, refuse_wide
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch, TableReader

PEEKED = 6_000  # rows by which the columns of a large file are judged, at least half as many
_SURROGATE = re.compile("[\ud800-\udfff]")


class ParsedValue(NamedTuple):
    """One value of the file: its number (of its line, or in its list, from 1), and why it is no valid JSON, else empty."""

    number: int
    value: Any
    fault: str = ""


class Piece(NamedTuple):
    """The values of some part of the file, the share of it read so far, places that misfit the encoding, sentences of warning."""

    values: list[ParsedValue]
    done: float
    misfits: int
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Fields:
    """What one pass over all values found out about their fields.

    Attributes:
        names: of all fields of all objects, in the order in which they first stand in the file.
        inner: names of fields inside nested objects, as outer.inner.
        texts: how many strings stand in ``names`` themselves.
        sample: objects from all over the file, for a peek.
        warnings: sentences that came with the pieces.
    """

    names: dict[str, None] = field(default_factory=dict)
    inner: dict[str, None] = field(default_factory=dict)
    texts: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)
    stride: int = 1
    rows: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def nested(self) -> bool:
        """Whether texts stand only inside nested objects, so that these are to be opened."""
        return not self.texts and bool(self.inner)

    @property
    def columns(self) -> list[str]:
        if not self.nested:
            return list(self.names)
        opened = {name for name in self.names if any(inner.startswith(f"{name}.") for inner in self.inner)}
        return [*(name for name in self.names if name not in opened), *self.inner]

    def add(self, piece: Piece) -> None:
        """Note the fields of the objects of one piece, and keep some of the objects."""
        self.warnings += piece.warnings
        for value in piece.values:
            row = None if value.fault else as_object(value.value)
            if row is None:
                continue
            for name, cell in row.items():
                self.names[name] = None
                self.texts += isinstance(cell, str)
                if isinstance(cell, dict) and len(self.inner) <= MOST_COLUMNS:
                    self.inner.update(dict.fromkeys(f"{name}.{inner}" for inner in cell))
            if self.rows % self.stride == 0:
                self.sample.append(row)
            self.rows += 1
            if len(self.sample) > PEEKED:
                self.sample, self.stride = self.sample[::2], 2 * self.stride


def open_rows(
    read: Callable[[], Iterator[Piece]], name: str, title: str, size: int, encoding: str, at_once: bool
) -> TableReader | None:
    """The rows of a file as a table; None where it holds no objects.

    Args:
        read: reads the file from its start.
        title: the format.
        at_once: read it a single time and hold its rows in memory; else it is read once for the names of its
            fields, which may differ from row to row, and again for its batches.
    """
    pieces = list(read()) if at_once else None
    shape = find_shape(_first_objects(iter(pieces) if pieces is not None else read()))
    if shape is not None:
        read = partial(_converted, read, shape[1])
        pieces = list(_converted(partial(iter, pieces), shape[1])) if pieces is not None else None
    fields = Fields()
    for piece in read() if pieces is None else pieces:
        fields.add(piece)
        refuse_wide(len(fields.names), name)
    columns, nested = fields.columns, fields.nested
    refuse_wide(len(columns), name)
    if not columns:
        return None
    batches: Callable[[], Iterator[Batch]] = partial(_batches, read, columns, nested)
    peek = None if at_once else partial(_frame, [_opened(row) if nested else row for row in fields.sample], columns)
    if pieces is not None:
        held = list(_batches(partial(iter, pieces), columns, nested))
        batches = partial(iter, held)
    reasons = {"fields": "taken from inside nested objects: no text stands outside"} if nested else {}
    if shape is not None:
        reasons["fields"] = f"as {shape[0]} writes them"
    return TableReader(
        name, title, tuple(unique_names(columns)), size, batches, encoding, peek=peek, reasons=reasons,
        warnings=fields.warnings,
    )  # fmt: skip


def _first_objects(pieces: Iterator[Piece]) -> list[dict[str, Any]]:
    """The first objects of a file, as many as are looked at for their shape."""
    objects: list[dict[str, Any]] = []
    for piece in pieces:
        rows = (as_object(value.value) for value in piece.values if not value.fault)
        objects += [row for row in rows if row is not None]
        if len(objects) >= LOOKED_AT:
            break
    return objects[:LOOKED_AT]


def _converted(read: Callable[[], Iterator[Piece]], convert: Convert) -> Iterator[Piece]:
    """The pieces with each record as the row it stands for; what is none has its reason as its fault."""
    for piece in read():
        values = []
        for value in piece.values:
            record = None if value.fault else as_object(value.value)
            row = record if record is None else convert(record)
            if isinstance(row, str):
                value = ParsedValue(value.number, json.dumps(value.value, ensure_ascii=False), row)
            elif row is not None:
                value = ParsedValue(value.number, row)
            values.append(value)
        yield piece._replace(values=values)


def as_object(value: Any) -> dict[str, Any] | None:
    """A row as an object: lists by position, a lone string as text; None for what is no row."""
    if isinstance(value, dict):
        return {_clean(str(name)): cell for name, cell in value.items()}
    if isinstance(value, list) and value and not isinstance(value[0], dict | list):
        return {str(position): cell for position, cell in enumerate(value)}
    return {"text": value} if isinstance(value, str) else None


def _batches(read: Callable[[], Iterator[Piece]], columns: list[str], nested: bool) -> Iterator[Batch]:
    for piece in read():
        rows, skipped = [], []
        for value in piece.values:
            row = None if value.fault else as_object(value.value)
            if row is not None:
                rows.append(_opened(row) if nested else row)
                continue
            content = value.value if isinstance(value.value, str) else json.dumps(value.value, ensure_ascii=False)
            skipped.append(SkippedRow(value.number, value.fault or "not a JSON object", _clean(content), len(rows)))
        if rows or skipped:
            yield Batch(_frame(rows, columns), skipped, piece.done, Counter({"misfits": piece.misfits}))


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    cells = {
        name: pd.Series([_clean(row.get(column)) for row in rows], dtype=object)
        for name, column in zip(unique_names(columns), columns, strict=True)
    }
    return pd.DataFrame(cells)


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the fields of its nested objects beside its own, as outer.inner."""
    own = {name: cell for name, cell in row.items() if not isinstance(cell, dict)}
    nested = {name: cell for name, cell in row.items() if isinstance(cell, dict)}
    return own | {f"{name}.{inner}": cell for name, fields in nested.items() for inner, cell in fields.items()}


def _clean(cell: Any) -> Any:
    """Halves of surrogate pairs, which JSON can hold and no file can store, become the replacement mark."""
    return _SURROGATE.sub("\ufffd", cell) if isinstance(cell, str) and _SURROGATE.search(cell) else cell
