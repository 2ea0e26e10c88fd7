"""Delimited text of any size: pieces cut between records, read by Arrow where they are sound and with care where not."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from core.data.reading.dialect import Dialect, guess_dialect
from core.data.reading.encoding import as_utf8, guess_encoding, repaired
from core.data.reading.records import SWALLOWED_LINES, Aside, split_records, to_lines
from core.data.reading.table_reader import Batch, TableReader, table_of
from core.errors import DatasetError

BLOCK = 4 << 20  # bytes read at once
HEAD = 2 << 20  # bytes by which the dialect is guessed
WINDOWS, WINDOW = 16, 256 << 10  # looks into a large file, and bytes of each
BROKEN = 1 / 3  # share of rows that do not fit above which the table is refused
MULTILINE = 5_000  # cells with line breaks that are looked at in a block


def open_delimited(
    path: Path, name: str, delimiter: str | None = None, encoding: str | None = None, header: bool | None = None
) -> TableReader:
    """Find out how a delimited text is written.

    Raises:
        DatasetError: when it is no text, or no sound table.
    """
    size = path.stat().st_size
    sample = looks(path, size)
    used = encoding or guess_encoding(b"\n".join(sample), name, whole=size <= HEAD)
    text, whole = head_text(path, used, name, encoding is not None)
    returns = text.count("\r") - text.count("\r\n") > text.count("\n")  # old Macs end lines so
    text = text.replace("\r", "\n") if returns else text
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    dialect = guess_dialect(text, name, delimiter, header)
    _refuse_broken(to_lines(text)[dialect.skip :], dialect, name)
    kind = "tsv" if dialect.form.delimiter == "\t" else "csv"
    read = partial(_batches, path, used, dialect, name, returns, encoding is not None)
    return TableReader(
        name, kind, dialect.names, size, read, used, dialect.form.delimiter, dialect.header,
        peek=None if whole else partial(_peek, path, size, used, dialect, returns, text),
        aside=tuple(Aside(line, "above the table", content) for line, content in dialect.above),
        warnings=dialect.warnings, reasons=dialect.reasons | {"encoding": _why(used, encoding)},
    )  # fmt: skip


def _why(used: str, given: str | None) -> str:
    if given:
        return "as you said"
    if used in ("utf-8-sig", "utf-16", "utf-32"):
        return f"{used}: a byte-order mark says so"
    return "all bytes are valid UTF-8" if used == "utf-8" else f"{used}: its letters are the most usual ones"


def looks(path: Path, size: int) -> list[bytes]:
    """The beginning of a file, and pieces of a large one from all over it, each of whole lines."""
    with path.open("rb") as file:
        pieces = [file.read(HEAD)]
        for number in range(1, WINDOWS) if size > HEAD else ():
            file.seek(HEAD + (size - HEAD) * number // WINDOWS)
            piece = file.read(WINDOW)
            pieces.append(piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1])
    return pieces


def head_text(path: Path, encoding: str, name: str, strict: bool) -> tuple[str, bool]:
    """The beginning of the file as text, and whether that is all of it.

    Raises:
        DatasetError: when it is binary, or does not fit an encoding that the user named.
    """
    with path.open("rb") as file:
        data, more = file.read(HEAD), file.read(1)
    pieces = (
        as_utf8((data,), encoding, name, strict) if not more else _first(as_utf8((data, b""), encoding, name, strict))
    )
    text = repaired(b"".join(piece for piece, _ in pieces))[0]
    shown = text[:4000]
    unread = sum(not (each.isprintable() or each.isspace() or each in "\x01\x02\x1c\x1d\x1e\x1f") for each in shown)
    if unread > 0.1 * len(shown):
        raise DatasetError(f"{name} holds binary data, not text.", "Upload CSV, TSV, JSON Lines, Parquet or Excel.")
    return text, not more


def _first(pieces: Iterator[tuple[bytes, int]]) -> list[tuple[bytes, int]]:
    return [next(pieces)]


def _refuse_broken(lines: list[str], dialect: Dialect, name: str) -> None:
    found = split_records(lines, dialect.form, dialect.width, first_line=dialect.skip + 1, final=False, pad=dialect.pad)
    packed = _packed(found.rows)
    aside, total = len(found.aside), len(found.aside) + len(found.rows)
    if packed or (total and aside > max(3, BROKEN * total)):
        raise DatasetError(
            f"{name} is not a sound table: {max(aside, packed):,} of the first {total:,} rows do not have the "
            f"{dialect.width} fields of the others, first near line {found.aside[0].line if aside else dialect.skip + 1:,}.",
            "It was probably exported twice by a spreadsheet. Export it again as CSV or XLSX, or name the separator.",
        )


def _packed(rows: list[list[str]]) -> int:
    """Rows whose first field holds a whole row, as a spreadsheet writes when it quotes what was quoted already."""
    if not rows or len(rows[0]) < 3:
        return 0
    packed = sum(row[0].count(",") >= len(row) - 2 and not any(cell.strip(" ;") for cell in row[1:]) for row in rows)
    padded = sum(row[-1].rstrip().endswith(";;;") for row in rows)
    found = max(packed, padded)
    return found if found > 0.05 * len(rows) else 0


def _peek(path: Path, size: int, encoding: str, dialect: Dialect, returns: bool, text: str) -> pa.Table:
    """Rows of the beginning and of places all over a large file, by which columns are judged."""
    head = split_records(to_lines(text)[dialect.skip :], dialect.form, dialect.width, final=False)
    rows = head.rows[:2000]
    if not encoding.startswith(("utf-16", "utf-32")):
        for piece in looks(path, size)[1:]:
            plain = piece.replace(b"\r", b"\n") if returns else piece
            lines = to_lines(repaired(plain.decode(encoding, "replace").encode())[0])
            # the first records may begin inside a quoted field, the last may be cut
            rows += split_records(lines, dialect.form, dialect.width, final=False).rows[5:-2][:400]
    return table_of(rows, dialect.names)


def _batches(path: Path, encoding: str, dialect: Dialect, name: str, returns: bool, strict: bool) -> Iterator[Batch]:
    """The rows of a file, block by block."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as file:
        carry, line, to_skip = b"", 1, dialect.skip
        pieces = as_utf8(iter(lambda: file.read(BLOCK), b""), encoding, name, strict)
        for piece, misfits in pieces:
            final = not piece and file.tell() >= size
            data = carry + (piece.replace(b"\r", b"\n") if returns else piece)
            if to_skip:
                start, passed = _after_lines(data, to_skip)
                data, line, to_skip = data[start:], line + passed, to_skip - passed
            rows, aside, used, notes = _read(data, dialect, line, final)
            if misfits:
                notes["misfits"] += misfits
            if rows.num_rows or aside or notes:
                yield Batch(rows, aside, file.tell() / size, notes)
            line += data.count(b"\n", 0, used)
            carry = data[used:]


def _after_lines(data: bytes, lines: int) -> tuple[int, int]:
    """The place after so many lines (or after all there are), and how many that were."""
    at = passed = 0
    while passed < lines and (end := data.find(b"\n", at)) >= 0:
        at, passed = end + 1, passed + 1
    return (at, passed) if passed == lines else (len(data), passed)


def _read(data: bytes, dialect: Dialect, line: int, final: bool) -> tuple[pa.Table, list[Aside], int, Counter[str]]:
    """Rows of one block, rows set aside, bytes used, and what was mended."""
    form = dialect.form
    quotes = _places(data, form.quote) if form.quote and form.delimiter else np.empty(0, np.int64)
    cut = len(data) if final else _cut(data, quotes)
    table = _fast(data[:cut], dialect, quotes[: np.searchsorted(quotes, cut)]) if cut else None
    if table is not None:
        return table, [], cut, Counter()
    if not final:  # quotes are out of place: cut at the last line, and let the careful reader say where a record is cut
        data = data[: data.rfind(b"\n") + 1]
    text, misfits = repaired(data)
    lines = to_lines(text)
    found = split_records(
        lines, form, dialect.width, first_line=line, final=final, pad=dialect.pad,
        names=dialect.names if dialect.header else (),
    )  # fmt: skip
    used = len(data) if found.used == len(lines) else _after_lines(data, found.used)[0]
    notes = Counter({"strays": found.strays, "misfits": misfits, "padded": found.padded})
    return table_of(found.rows, dialect.names), found.aside, used, +notes


def _places(data: bytes, mark: str) -> np.ndarray:
    """Where a mark stands."""
    return (
        np.flatnonzero(np.frombuffer(data, np.uint8) == ord(mark)) if mark.encode() in data else np.empty(0, np.int64)
    )


def _cut(data: bytes, quotes: np.ndarray) -> int:
    """The end of the last line that stands outside quotes; 0 where there is none."""
    at = data.rfind(b"\n") + 1
    while at and np.searchsorted(quotes, at) % 2:
        at = data.rfind(b"\n", 0, at - 1) + 1
    return at


def _fast(data: bytes, dialect: Dialect, quotes: np.ndarray) -> pa.Table | None:
    """The block as Arrow reads it; None where Arrow's reading could lose or change something."""
    form = dialect.form
    mark = form.delimiter or "\x1f"
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


def _well_quoted(data: bytes, places: np.ndarray, quote: int, mark: int) -> bool:
    """Whether each quote mark opens a field, closes one, or is doubled inside one (RFC 4180)."""
    marks = np.frombuffer(data, np.uint8)
    if len(places) % 2:
        return False
    opening, closing = places[0::2], places[1::2]
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
