"""Rows of a file as a set stores them: trimmed texts, stored answers, further columns as text, and which are not kept."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.data.columns.answers import answers_of
from core.data.columns.joining import joined_texts
from core.data.columns.own_export import row_ids
from core.data.columns.roles import Roles
from core.data.reading.cells import cell_text
from core.data.reading.table_reader import Rows
from core.errors import DatasetError

NUMBERED = "Take the file as it was exported, or leave that column out: `--ignore row`."


@dataclass(frozen=True, slots=True)
class StorableRows:
    """Some rows, ready to be stored.

    Attributes:
        table: the rows that are kept, all columns but the split: row, text, text_pair for pairs, label (empty where there
            is none), extra.<column>; strings without missing ones.
        given, groups: (kept rows,) part that the file names, and group; None where no column has this role.
        unlabelled: (rows without label,) part that the file names for them; None where no column does.
        without_text, without_label: (rows,) bool, what is not kept and why.
    """

    table: pa.Table
    given: pa.ChunkedArray | None
    groups: pa.ChunkedArray | None
    unlabelled: pa.ChunkedArray | None
    without_text: np.ndarray
    without_label: np.ndarray


def storable_rows(rows: Rows, roles: Roles, first: int = 0) -> StorableRows:
    """The rows of a file, or of a batch of it, by the roles of its columns.

    Args:
        roles: with the task filled in (``core.data.columns.roles.with_kind``).
        first: number of the first of these rows in the file.

    Raises:
        DatasetError: when the label columns do not hold what the task needs.
    """
    answers = _answers(rows, roles)
    table = _table(rows, roles, answers, first)
    without_text = _empty(table["text"])
    if roles.text_pair:
        without_text |= _empty(table["text_pair"])
    missing = np.zeros(table.num_rows, dtype=bool) if answers is None else np.asarray(pc.is_null(answers), dtype=bool)
    lost = without_text | missing

    def kept(column: Any) -> Any:
        return column.filter(pa.array(~lost)) if lost.any() else column

    parts, groups = (text_column(rows, name) if name else None for name in (roles.split, roles.group))
    without_label = missing & ~without_text
    return StorableRows(
        kept(table), None if parts is None else kept(parts), None if groups is None else kept(groups),
        None if parts is None else parts.filter(pa.array(without_label)), without_text, without_label,
    )  # fmt: skip


def further_columns(names: list[str], roles: Roles) -> list[str]:
    """Columns that are kept beside text, label and split; groups, domains, languages and ids keep their column as well."""
    taken = set(roles.taken()) - {roles.group, roles.domain, roles.language, roles.id}
    return [name for name in names if name not in taken]


def text_column(rows: Rows, name: str) -> pa.ChunkedArray:
    """A column as text without missing cells: strings and whole numbers by Arrow, anything else cell by cell."""
    if isinstance(rows, pd.DataFrame):
        return pa.chunked_array([pa.array([storable_text(cell_text(cell)) for cell in rows[name]], pa.string())])
    column = rows[name]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_string(kind):
        return pc.fill_null(column, "")
    if pa.types.is_large_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    return pa.chunked_array([pa.array([storable_text(cell_text(cell)) for cell in column.to_pylist()], pa.string())])


def storable_text(cell: str) -> str:
    """Halves of surrogate pairs cannot be stored; they become a question mark."""
    return cell if cell.isascii() else cell.encode("utf-8", "replace").decode()


def _table(rows: Rows, roles: Roles, answers: pa.ChunkedArray | None, first: int) -> pa.Table:
    """All rows with the columns of a set, also those that will not be kept."""
    frame = isinstance(rows, pd.DataFrame)
    size, names = (len(rows), list(rows.columns)) if frame else (rows.num_rows, rows.column_names)
    columns: dict[str, Any] = {"row": _row_ids(rows, roles, first, size)}
    columns["text"] = _trimmed(_text(rows, roles.texts))
    if roles.text_pair:
        columns["text_pair"] = _trimmed(text_column(rows, roles.text_pair))
    columns["label"] = pa.array([""] * size, pa.string()) if answers is None else pc.fill_null(answers, "")
    return pa.table(columns | {f"extra.{name}": text_column(rows, name) for name in further_columns(names, roles)})


def _row_ids(rows: Rows, roles: Roles, first: int, size: int) -> pa.Array:
    """Places in the file, or the numbers that the rows had in the set whose export this is."""
    if not roles.row:
        return pa.array(np.arange(first, first + size))
    cells = rows[roles.row].tolist() if isinstance(rows, pd.DataFrame) else rows[roles.row].to_pylist()
    try:
        ids = row_ids(cells)
    except ValueError as error:
        raise DatasetError(f"The row numbers in {roles.row!r} are not all whole numbers: {error}.", NUMBERED) from error
    if any(after <= before for before, after in pairwise(ids)):
        raise DatasetError(f"The row numbers in {roles.row!r} do not ascend.", NUMBERED)
    return pa.array(ids, pa.int64())


def _text(rows: Rows, names: tuple[str, ...]) -> pa.ChunkedArray:
    """The text of each row; several columns are joined."""
    if len(names) == 1:
        return text_column(rows, names[0])
    parts = [text_column(rows, name).to_pylist() for name in names]
    return pa.chunked_array([pa.array(joined_texts(parts), pa.string())])


def _empty(column: pa.ChunkedArray) -> np.ndarray:
    return np.array(pc.equal(column, ""), dtype=bool)


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without white space at their ends; texts that have none are not copied."""
    for chunk in column.chunks:
        _, buffer, data = chunk.buffers()
        offsets = np.frombuffer(buffer, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        filled = offsets[1:] > offsets[:-1]
        if not filled.any():
            continue
        marks = np.frombuffer(data, np.uint8)
        ends = np.concatenate([marks[offsets[:-1][filled]], marks[offsets[1:][filled] - 1]])
        if ((ends <= 32) | (ends > 126)).any():  # white space beyond ASCII takes several bytes
            return pc.utf8_trim_whitespace(column)
    return column


def _answers(rows: Rows, roles: Roles) -> pa.ChunkedArray | None:
    """The stored label of each row. The few distinct cells of an Arrow column are looked at once each."""
    if not roles.answered:
        return None
    if isinstance(rows, pd.DataFrame):
        return _strings(answers_of(rows, roles))
    if not roles.label or pa.types.is_nested(rows[roles.label].type):
        named = [roles.label] if roles.label else list(roles.labels)
        cells = {name: pd.Series(rows[name].to_pylist(), dtype=object) for name in named}
        return _strings(answers_of(pd.DataFrame(cells, index=range(rows.num_rows)), roles))
    coded = pc.dictionary_encode(rows[roles.label].combine_chunks(), null_encoding="encode")
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    distinct = pd.DataFrame({roles.label: pd.Series(coded.dictionary.to_pylist(), dtype=object)})
    return _strings(answers_of(distinct, roles)).take(coded.indices)


def _strings(answers: pd.Series | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([] if answers is None else list(answers), pa.string())])
