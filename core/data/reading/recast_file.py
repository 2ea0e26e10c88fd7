"""A file of another kind written out as one that is read already, in a folder that goes away with its reader."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.reading.delimited import open_delimited
from core.data.reading.json_document import open_document
from core.data.reading.json_shapes import EACH_ROW
from core.data.reading.members import refuse_full_disk
from core.data.reading.reader import ReadingOptions
from core.data.reading.skipped import SkippedRow
from core.data.reading.table_reader import Batch, TableReader
from core.data.reading.unpack import Scratch
from core.errors import DatasetError

SHOWN = 4  # tables that a sentence names
ROOM_LOOKED_AT = 10_000  # rows after which the room on the disk is looked at again
ROOM = 64 << 20  # bytes that must be free


def open_as_delimited(rows: Iterable[list[str]], path: Path, name: str, title: str, header: bool | None) -> TableReader:
    """Rows of cells, with or without names above them, as the reader of delimited text sees them.

    Args:
        title: the format that the table is said to have.
    """
    scratch = Scratch()
    target = scratch.path / "table.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        for number, row in enumerate(rows):
            if number % ROOM_LOOKED_AT == 0:
                refuse_full_disk(scratch.path, ROOM, name)
            writer.writerow(row)
    opened = open_delimited(target, name, ReadingOptions(delimiter=",", encoding="utf-8", header=header))
    reasons = {"fields": f"the cells of {title}"} | {
        what: why for what, why in opened.reasons.items() if what == "header"
    }
    return replace(opened, format=title, size=path.stat().st_size, delimiter=None, reasons=reasons, owns=scratch)


def with_skipped(opened: TableReader, skipped: Sequence[SkippedRow]) -> TableReader:
    """The file with lines of the original that are no rows of its table told with the first batch."""

    def batches() -> Iterator[Batch]:
        left = list(skipped)
        for batch in opened.batches():
            yield batch._replace(skipped=[*left, *batch.skipped])
            left = []

    return replace(opened, batches=batches) if skipped else opened


def left_out_tables(others: Mapping[tuple[str, ...], int]) -> tuple[str, ...]:
    """A sentence about further tables of other columns.

    Args:
        others: names of the columns of each -> its rows.
    """
    if not others:
        return ()
    shown = [f"{', '.join(names)!r} with {rows:,} rows" for names, rows in list(others.items())[:SHOWN]]
    more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
    return (f"Only one of several tables is read; left out for their other columns: {'; '.join(shown)}{more}.",)


def open_as_json(value: Any, path: Path, name: str, title: str, warnings: tuple[str, ...] = ()) -> TableReader:
    """A value of lists, dicts and strings as the reader of JSON sees it.

    Raises:
        DatasetError: when it holds no list of records.
    """
    scratch = Scratch()
    target = scratch.path / "value.json"
    refuse_full_disk(scratch.path, path.stat().st_size, name)
    with target.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)
    opened = open_document(target, "utf-8", name, strict=False) if isinstance(value, list | dict) else None
    if opened is None:
        raise DatasetError(f"{name} holds no list of records.", EACH_ROW)
    return replace(
        opened, name=name, format=title, size=path.stat().st_size, owns=scratch, warnings=(*warnings, *opened.warnings)
    )
