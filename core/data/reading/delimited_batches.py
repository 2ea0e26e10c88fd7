"""Delimited text of any size: blocks cut between records, read by Arrow where they are sound and with care where not."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from core.data.reading.dialect import Dialect
from core.data.reading.records import NO_DELIMITER, to_lines
from core.data.reading.skipped import SkippedRow
from core.data.reading.split_records import SWALLOWED_LINES, split_records
from core.data.reading.table_reader import Batch, string_table
from core.data.reading.transcode import repair, to_utf8

BLOCK = 4 << 20  # bytes read at once
MULTILINE = 5_000  # cells with line breaks that are looked at in a block


def read_batches(
    path: Path, encoding: str, dialect: Dialect, name: str, lone_returns: bool, strict: bool
) -> Iterator[Batch]:
    """The rows of a file, block by block.

    Args:
        lone_returns: whether lines end in carriage returns alone.
        strict: refuse what does not fit the encoding.

    Raises:
        DatasetError: where ``strict`` finds a misfit.
    """
    size = max(1, path.stat().st_size)
    with path.open("rb") as file:
        unread, line, to_skip = b"", 1, dialect.skip
        for piece, misfits in to_utf8(iter(lambda: file.read(BLOCK), b""), encoding, name, strict):
            final = not piece and file.tell() >= size
            data = unread + (piece.replace(b"\r", b"\n") if lone_returns else piece)
            if to_skip:
                start, passed = _after_lines(data, to_skip)
                data, line, to_skip = data[start:], line + passed, to_skip - passed
            rows, skipped, used, mended = _read_block(data, dialect, line, final)
            if misfits:
                mended["misfits"] += misfits
            if rows.num_rows or skipped or mended:
                yield Batch(rows, skipped, file.tell() / size, mended)
            line += data.count(b"\n", 0, used)
            unread = data[used:]


def _after_lines(data: bytes, lines: int) -> tuple[int, int]:
    """The byte after so many lines (or after all there are), and how many lines that were."""
    at = passed = 0
    while passed < lines and (end := data.find(b"\n", at)) >= 0:
        at, passed = end + 1, passed + 1
    return (at, passed) if passed == lines else (len(data), passed)


def _read_block(
    data: bytes, dialect: Dialect, line: int, final: bool
) -> tuple[pa.Table, list[SkippedRow], int, Counter[str]]:
    """Rows of one block, rows skipped, bytes used, and what was mended."""
    form = dialect.form
    quotes = positions(data, form.quote) if form.quote else np.empty(0, np.int64)
    end = len(data) if final else _end_of_records(data, quotes)
    table = read_fast(data[:end], dialect, quotes[: np.searchsorted(quotes, end)]) if end else None
    if table is not None:
        return table, [], end, Counter()
    if not final:  # quotes are out of place: end at the last line, and let the careful reader say where a record is cut
        data = data[: data.rfind(b"\n") + 1]
    text, misfits = repair(data)
    lines = to_lines(text)
    records = split_records(
        lines, form, dialect.width, first_line=line, final=final, pad=dialect.pad,
        names=dialect.names if dialect.header else (),
    )  # fmt: skip
    used = len(data) if records.used == len(lines) else _after_lines(data, records.used)[0]
    mended = Counter({"strays": records.strays, "misfits": misfits, "padded": records.padded})
    return string_table(records.rows, dialect.names), records.skipped, used, +mended


def positions(data: bytes, mark: str) -> np.ndarray:
    """(marks,) int64: the bytes at which a mark stands."""
    return (
        np.flatnonzero(np.frombuffer(data, np.uint8) == ord(mark)) if mark.encode() in data else np.empty(0, np.int64)
    )


def _end_of_records(data: bytes, quotes: np.ndarray) -> int:
    """The end of the last line that stands outside quotes; 0 where there is none."""
    at = data.rfind(b"\n") + 1
    while at and np.searchsorted(quotes, at) % 2:
        at = data.rfind(b"\n", 0, at - 1) + 1
    return at


def read_fast(data: bytes, dialect: Dialect, quotes: np.ndarray) -> pa.Table | None:
    """The block as Arrow reads it; None where Arrow's reading could lose or change something.

    Args:
        quotes: positions of the quote marks, as ``positions`` gives them.
    """
    form = dialect.form
    mark = form.delimiter or NO_DELIMITER
    if form.escape or form.spaced or not mark.isascii() or (dialect.pad and form.delimiter):
        return None
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    quoted = len(quotes) > 0
    if quoted and not _well_quoted(data, quotes, ord(form.quote or '"'), ord(mark)):
        return None
    try:
        table = pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(column_names=dialect.names, block_size=len(data) + 1, use_threads=False),
            parse_options=pacsv.ParseOptions(
                delimiter=mark, quote_char=form.quote if quoted and form.quote else False, newlines_in_values=quoted
            ),
            convert_options=pacsv.ConvertOptions(column_types={name: pa.string() for name in dialect.names}),
        )
    except pa.ArrowException:
        return None
    if (quoted and _has_swallowed(table, data, mark, dialect.width)) or (
        dialect.header and _repeats_names(table, dialect.names)
    ):
        return None
    return table


def _well_quoted(data: bytes, quotes: np.ndarray, quote: int, mark: int) -> bool:
    """Whether each quote mark opens a field, closes one, or is doubled inside one (RFC 4180)."""
    marks = np.frombuffer(data, np.uint8)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    before = marks[np.maximum(opening - 1, 0)]
    after = marks[np.minimum(closing + 1, len(marks) - 1)]
    ends = np.zeros(256, bool)
    ends[[mark, 10, 13, quote]] = True
    begins = ends.copy()
    begins[13] = False
    good_opening = begins[before] | (opening == 0)
    good_closing = ends[after] | (closing == len(marks) - 1)
    # an opening mark after another one is the second of a doubled pair: that pair then stands inside a field
    return bool(good_opening.all() and good_closing.all())


def _has_swallowed(table: pa.Table, data: bytes, mark: str, width: int) -> bool:
    """Whether some field holds several lines each of which is a whole row by itself."""
    if width < 2 or table.num_rows >= data.count(b"\n"):
        return False
    for column in table.columns:
        broken = pc.filter(column, pc.match_substring(column, "\n"))
        for cell in broken.slice(0, MULTILINE).to_pylist():
            inner = cell.split("\n")[1:-1]
            if len(inner) >= SWALLOWED_LINES - 2 and all(line.count(mark) == width - 1 for line in inner):
                return True
    return False


def _repeats_names(table: pa.Table, names: tuple[str, ...]) -> bool:
    return bool(pc.any(pc.equal(table.column(0), names[0])).as_py())
