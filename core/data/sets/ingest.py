"""Ingest: rows of a file, batch by batch, into the Parquet file of a set. Memory holds the labels of all rows, not their texts."""

import json
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.columns.roles import Roles
from core.data.reading.cells import cell_text
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch, Rows
from core.data.sets.fingerprint import Fingerprint

ASIDE = pa.schema([("line", pa.int64()), ("row", pa.int64()), ("reason", pa.string()), ("content", pa.string())])
ROW_GROUP = 16_384  # rows; a page of a table reads one or two of them

AHEAD = 2  # batches that are read while one is written


@dataclass(slots=True)
class Ingested:
    """What went through: the small columns of all kept rows, and how many rows were set aside for what.

    Attributes:
        labels, given, groups: (kept rows,) label, part named by the file, group; None where there is none.
        reading: rows that could not be read; ``skipped`` counts these and those without text or label by reason.
    """

    rows: int = 0
    read: int = 0
    labels: list[np.ndarray] = field(default_factory=list)
    given: list[np.ndarray] = field(default_factory=list)
    groups: list[np.ndarray] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    first: list[SkippedRow] = field(default_factory=list)
    reading: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    columns: list[str] = field(default_factory=list)


def ingest(
    batches: Iterable[Batch], roles: Roles, folder: Path, answers: Callable[[pd.DataFrame], pd.Series | None],
    progress: Callable[[float], None] | None = None, compression: str = "zstd",
) -> Ingested:  # fmt: skip
    """Write ``data.parquet`` (all columns but the split) and ``skipped.parquet`` into a folder.

    Args:
        answers: gives the stored label of each row of a frame that holds the label columns; None for no labels at all.
        progress: is told the share of the file that is done.
        compression: of the Parquet file; none is much the fastest.
    """
    found = Ingested()
    writer = aside = None
    try:
        aside = pq.ParquetWriter(folder / "skipped.parquet", ASIDE, compression="zstd")
        for batch in ahead(batches):
            kept = _rows_of(batch, roles, answers, found, aside)
            if writer is None:
                found.columns = kept.column_names
                small = [name for name in found.columns if name == "label" or name.startswith("extra.")]
                writer = pq.ParquetWriter(
                    folder / "data.parquet", kept.schema, compression=compression,
                    use_dictionary=small, write_statistics=["row"],
                )  # fmt: skip
            for name in found.columns:
                found.fingerprint.update(name, kept.column(name))
            if kept.num_rows:
                writer.write_table(kept, row_group_size=ROW_GROUP)
            if progress:
                progress(min(1.0, batch.done))
    finally:
        for each in (writer, aside):
            if each is not None:
                each.close()
    return found


def ahead(items: Iterable[Any], depth: int = AHEAD) -> Iterator[Any]:
    """The same items, with the next ones made in a thread meanwhile."""
    ready: queue.Queue[tuple[str, Any]] = queue.Queue(depth)
    left = threading.Event()

    def put(kind: str, item: Any) -> None:
        while not left.is_set():
            try:
                return ready.put((kind, item), timeout=0.1)
            except queue.Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put("item", item)
                if left.is_set():
                    return
            put("end", None)
        except BaseException as error:  # raised again where the items are used
            put("error", error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while (got := ready.get())[0] == "item":
            yield got[1]
        if got[0] == "error":
            raise got[1]
    finally:
        left.set()
        thread.join()


def _rows_of(
    batch: Batch, roles: Roles, answers: Callable[[pd.DataFrame], pd.Series | None], found: Ingested,
    aside: pq.ParquetWriter,
) -> pa.Table:  # fmt: skip
    """The rows of a batch as they are stored, those without text or label set aside."""
    rows = batch.rows
    size = len(rows) if isinstance(rows, pd.DataFrame) else rows.num_rows
    columns: dict[str, Any] = {"row": pa.array(np.arange(found.read, found.read + size))}
    columns["text"] = _trimmed(strings(rows, roles.text))
    if roles.text_pair:
        columns["text_pair"] = _trimmed(strings(rows, roles.text_pair))
    labels = _answers(rows, roles, answers)
    columns["label"] = pc.fill_null(labels, "") if labels is not None else pa.array([""] * size, pa.string())
    for column in extra_columns(list(rows.columns if isinstance(rows, pd.DataFrame) else rows.column_names), roles):
        columns[f"extra.{column}"] = strings(rows, column)
    table = pa.table(columns)
    no_text = pc.equal(table["text"], "")
    if roles.text_pair:
        no_text = pc.or_(no_text, pc.equal(table["text_pair"], ""))
    no_label = pc.and_not(pc.is_null(labels), no_text) if labels is not None else None
    small = {
        name: strings(rows, column) for name, column in (("given", roles.split), ("groups", roles.group)) if column
    }
    _set_aside(aside, found, batch.skipped, rows, no_text, no_label)
    found.read += size
    found.notes += batch.mended
    lost = no_text if no_label is None else pc.or_(no_text, no_label)
    if pc.any(lost).as_py():
        keep = pc.invert(lost)
        table = table.filter(keep)
        small = {name: column.filter(keep) for name, column in small.items()}
    for name, column in (*small.items(), ("labels", table["label"])):
        getattr(found, name).append(_shared(column))
    found.rows += table.num_rows
    return table


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without white space at their ends; texts that have none are not copied."""
    for chunk in column.chunks:
        _, offsets, data = chunk.buffers()
        places = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        filled = places[1:] > places[:-1]
        if not filled.any():
            continue
        marks = np.frombuffer(data, np.uint8)
        ends = np.concatenate([marks[places[:-1][filled]], marks[places[1:][filled] - 1]])
        if ((ends <= 32) | (ends > 126)).any():  # white space beyond ASCII takes several bytes
            return pc.utf8_trim_whitespace(column)
    return column


def extra_columns(names: list[str], roles: Roles) -> list[str]:
    """Columns that are kept beside text, label and split; groups, domains, languages and ids keep their column as well."""
    taken = set(roles.taken()) - {roles.group, roles.domain, roles.language, roles.id}
    return [name for name in names if name not in taken]


def _answers(rows: Rows, roles: Roles, answers: Callable[[pd.DataFrame], pd.Series | None]) -> pa.Array | None:
    """The stored label of each row. The few distinct cells of an Arrow column are looked at once each."""
    if isinstance(rows, pd.DataFrame):
        found = answers(rows)
        return None if found is None else pa.chunked_array([pa.array(list(found), pa.string())])
    named = [roles.label] if roles.label else list(roles.labels)
    if not roles.label or pa.types.is_nested(rows[roles.label].type):
        cells = {name: pd.Series(rows[name].to_pylist(), dtype=object) for name in named}
        found = answers(pd.DataFrame(cells, index=range(rows.num_rows)))
        return None if found is None else pa.chunked_array([pa.array(list(found), pa.string())])
    coded = pc.dictionary_encode(rows[roles.label].combine_chunks(), null_encoding="encode")
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    distinct = pd.DataFrame({roles.label: pd.Series(coded.dictionary.to_pylist(), dtype=object)})
    found = answers(distinct)
    return None if found is None else pa.chunked_array([pa.array(list(found), pa.string()).take(coded.indices)])


def strings(rows: Rows, name: str) -> pa.ChunkedArray:
    """A column as text without missing cells: strings and whole numbers by Arrow, anything else cell by cell."""
    if isinstance(rows, pd.DataFrame):
        cells = [cell_text(cell) for cell in rows[name]]
        return pa.chunked_array([pa.array([_storable(cell) for cell in cells], pa.string())])
    column = rows[name]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_string(kind):
        return pc.fill_null(column, "")
    if pa.types.is_large_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    return pa.chunked_array([pa.array([_storable(cell_text(cell)) for cell in column.to_pylist()], pa.string())])


def _storable(cell: str) -> str:
    """Halves of surrogate pairs cannot be stored; they become a question mark."""
    return cell if cell.isascii() else cell.encode("utf-8", "replace").decode()


def _shared(column: pa.ChunkedArray) -> np.ndarray:
    """Strings as Python objects, equal ones the same object, so that a million labels cost eight megabytes."""
    coded = pc.dictionary_encode(column.combine_chunks())
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    if not len(coded):
        return np.empty(0, dtype=object)
    return np.array(coded.dictionary.to_pylist(), dtype=object)[coded.indices.to_numpy()]


def _set_aside(
    writer: pq.ParquetWriter, found: Ingested, aside: list[SkippedRow], rows: Rows, no_text: Any, no_label: Any
) -> None:
    """Write the rows that are not kept, with the reason and what stands in them."""
    entries: list[tuple[int | None, int | None, str, str]] = []
    for each in aside:
        found.skipped[each.reason] += 1
        entries.append((each.line or None, None, each.reason, _storable(each.content)))
    found.first += aside[: 5 - len(found.first)] if len(found.first) < 5 else []
    found.reading += len(aside)
    for reason, mask in (("without text", no_text), ("without label", no_label)):
        places = np.flatnonzero(np.asarray(mask)) if mask is not None else ()
        if len(places):
            found.skipped[reason] += len(places)
            part = rows.iloc[places] if isinstance(rows, pd.DataFrame) else rows.take(pa.array(places)).to_pandas()
            for place, row in zip(places, part.to_dict("records"), strict=True):
                content = json.dumps({name: cell_text(cell) for name, cell in row.items()}, ensure_ascii=False)
                entries.append((None, found.read + int(place), reason, _storable(content)))
    if entries:
        columns = zip(*entries, strict=True)
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, ASIDE, strict=True)]
        writer.write_table(pa.Table.from_arrays(arrays, schema=ASIDE))
