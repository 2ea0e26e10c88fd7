"""Delimited text: how it is written is guessed on its beginning, what is no sound table is refused."""

from functools import partial
from pathlib import Path

import pyarrow as pa

from core.data.reading.delimited_batches import read_batches
from core.data.reading.dialect import Dialect, guess_dialect
from core.data.reading.encoding import find_encoding
from core.data.reading.reader import Reader, ReadingOptions
from core.data.reading.records import to_lines
from core.data.reading.skipped import SkippedRow
from core.data.reading.split_records import split_records
from core.data.reading.table_reader import TableReader, string_table
from core.data.reading.text_sample import beginning, sample_pieces
from core.data.reading.transcode import repair
from core.errors import DatasetError

ENDINGS = ("csv", "tsv", "tab", "psv")
BROKEN = 1 / 3  # share of rows that do not fit above which the table is refused
PEEKED_HEAD, PEEKED_PIECE = 2_000, 400  # rows of the beginning, and of each further sample, by which columns are judged


def is_delimited(head: bytes, ending: str) -> bool:
    """Always: what no other reader recognises is text, or is refused as binary when it is opened."""
    return True


def open_delimited(path: Path, name: str, options: ReadingOptions) -> TableReader:
    """Find out how a delimited text is written.

    Raises:
        DatasetError: when it is no text, or no sound table.
    """
    size, strict = path.stat().st_size, options.encoding is not None
    pieces = sample_pieces(path, size)
    guess = find_encoding(options.encoding, b"\n".join(pieces), name, len(pieces) == 1)
    encoding = guess.encoding
    text, is_whole = beginning(path, encoding, name, strict)
    lone_returns = text.count("\r") - text.count("\r\n") > text.count("\n")  # old Macs end lines so
    text = text.replace("\r", "\n") if lone_returns else text
    if not is_whole:
        text = text[: text.rfind("\n") + 1] or text
    dialect = guess_dialect(text, name, options.delimiter, options.header)
    _refuse_broken(to_lines(text)[dialect.skip :], dialect, name)
    return TableReader(
        name, "tsv" if dialect.form.delimiter == "\t" else "csv", dialect.names, size,
        partial(read_batches, path, encoding, dialect, name, lone_returns, strict),
        encoding, dialect.form.delimiter, dialect.header,
        peek=None if is_whole else partial(_peek, path, size, encoding, dialect, lone_returns, text),
        skipped=tuple(SkippedRow(line, "above the table", content, None) for line, content in dialect.above),
        warnings=(*dialect.warnings, *guess.warnings), reasons=dialect.reasons | {"encoding": _why(encoding, strict)},
        asks=dialect.asks,
    )  # fmt: skip


def _why(encoding: str, is_given: bool) -> str:
    if is_given:
        return "as you said"
    if encoding in ("utf-8-sig", "utf-16", "utf-32"):
        return f"{encoding}: a byte-order mark says so"
    return "all bytes are valid UTF-8" if encoding == "utf-8" else f"{encoding}: its letters are the most usual ones"


def _refuse_broken(lines: list[str], dialect: Dialect, name: str) -> None:
    records = split_records(
        lines, dialect.form, dialect.width, first_line=dialect.skip + 1, final=False, pad=dialect.pad
    )
    packed, skipped = _packed_rows(records.rows), len(records.skipped)
    total = skipped + len(records.rows)
    if packed or (total and skipped > max(3, BROKEN * total)):
        first_line = records.skipped[0].line if skipped else dialect.skip + 1
        raise DatasetError(
            f"{name} is not a sound table: {max(skipped, packed):,} of the first {total:,} rows do not have the "
            f"{dialect.width} fields of the others, first near line {first_line:,}.",
            "It was probably exported twice by a spreadsheet. Export it again as CSV or XLSX, or name the separator.",
        )


def _packed_rows(rows: list[list[str]]) -> int:
    """Rows whose first field holds a whole row, as a spreadsheet writes when it quotes what was quoted already."""
    if not rows or len(rows[0]) < 3:
        return 0
    packed = sum(row[0].count(",") >= len(row) - 2 and not any(cell.strip(" ;") for cell in row[1:]) for row in rows)
    padded = sum(row[-1].rstrip().endswith(";;;") for row in rows)
    more = max(packed, padded)
    return more if more > 0.05 * len(rows) else 0


def _peek(path: Path, size: int, encoding: str, dialect: Dialect, lone_returns: bool, text: str) -> pa.Table:
    """Rows of the beginning and of samples from all over a large file, by which columns are judged."""
    head = split_records(to_lines(text)[dialect.skip :], dialect.form, dialect.width, final=False)
    rows = head.rows[:PEEKED_HEAD]
    if not encoding.startswith(("utf-16", "utf-32")):
        for piece in sample_pieces(path, size)[1:]:
            plain = piece.replace(b"\r", b"\n") if lone_returns else piece
            lines = to_lines(repair(plain.decode(encoding, "replace").encode())[0])
            # the first records may begin inside a quoted field, the last may be cut
            rows += split_records(lines, dialect.form, dialect.width, final=False).rows[5:-2][:PEEKED_PIECE]
    return string_table(rows, dialect.names)


DELIMITED = Reader("delimited", "CSV, TSV", ENDINGS, is_delimited, open_delimited, binary=False)
