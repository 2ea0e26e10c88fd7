"""Lines of delimited text into rows, with care: a stray quote costs no row, and what does not fit is named."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.data.reading.records import LONE_CR, NO_DELIMITER, Form, csv_reader, fit, is_blank, original
from core.data.reading.skipped import SkippedRow

LONGEST_RECORD = 20_000  # lines after which a quote that was opened counts as a stray one
SWALLOWED_LINES = 5  # a quoted field over so many lines, each a whole row by itself, has swallowed them


@dataclass(slots=True)
class Records:
    """What ``split_records`` made of the lines.

    Attributes:
        rows: of the right width.
        used: lines that were used up.
        padded: rows that were filled up.
        strays: rows with quote marks out of place, read as plain text.
    """

    rows: list[list[str]] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    used: int = 0
    padded: int = 0
    strays: int = 0


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines to split and what is known of them."""

    lines: Sequence[str]
    form: Form
    width: int
    first_line: int
    pad: bool
    names: Sequence[str]

    def text(self, begin: int, end: int) -> str:
        return original("".join(self.lines[begin:end]).rstrip("\r\n"))

    def plain_cells(self, at: int) -> list[str]:
        return self.lines[at].rstrip("\r\n").split(self.form.delimiter or NO_DELIMITER)


def split_records(
    lines: Sequence[str], form: Form, width: int, *, first_line: int = 1, final: bool = True, pad: bool = False,
    names: Sequence[str] = (),
) -> Records:  # fmt: skip
    """Rows of ``width`` fields; where a quote is out of place, its line is read as plain text and the next is begun afresh.

    Args:
        first_line: the number of the first of ``lines`` in its file.
        final: False where more lines follow: a record that the end cuts is then left unused.
        pad: fill rows that are too short with empty fields, where the file is written that way.
        names: of the columns; a row that only repeats them, as in files glued together, is skipped.
    """
    if form.delimiter is None and form.quote is None:
        cells = [original(line.rstrip("\r\n")) for line in lines]
        return Records([[cell] for cell in cells if cell], used=len(lines))
    source, records = _Lines(lines, form, width, first_line, pad, names), Records()
    start = 0
    while start < len(lines):
        reader = csv_reader(lines, form, start, strict=True)
        begin, end = start, start
        try:
            for record in reader:
                end = start + reader.line_num
                if end - begin > 1 and _is_glued(source, begin, end, record):
                    break
                _accept(records, source, record, begin, end)
                begin = end
            else:
                break
        except csv.Error:
            end = start + reader.line_num
            open_at_end = end >= len(lines) and _is_open(lines[begin:end], form)
            if open_at_end and not final and end - begin < LONGEST_RECORD:
                records.used = begin
                return records
        _accept_plain(records, source, begin)
        start = begin + 1
    records.used = len(lines)
    return records


def _accept(records: Records, source: _Lines, record: list[str], begin: int, end: int) -> None:
    """Take a record, or skip it where its width does not fit."""
    width, names, line = source.width, source.names, source.first_line + begin
    if len(record) == width:
        if names and record[0].strip() == names[0] and [cell.strip() for cell in record] == list(names):
            text = source.text(begin, end)
            records.skipped.append(SkippedRow(line, "it repeats the names of the columns", text, len(records.rows)))
        else:
            records.rows.append([original(cell) if LONE_CR in cell else cell for cell in record])
    elif not is_blank(record):
        fitted = fit(record, width, source.pad)
        if fitted is None:
            reason = f"{len(record)} fields instead of {width}"
            records.skipped.append(SkippedRow(line, reason, source.text(begin, end), len(records.rows)))
        else:
            records.rows.append(list(map(original, fitted)))
            records.padded += len(record) < width


def _is_glued(source: _Lines, begin: int, end: int, record: list[str]) -> bool:
    """Whether a record of several lines is several rows that a stray quote has glued together."""
    width = source.width
    if source.form.delimiter is None:
        return False  # every line would be a whole row by itself
    if len(record) != width and len(source.plain_cells(begin)) == width:
        return True
    return end - begin >= SWALLOWED_LINES and all(len(source.plain_cells(at)) == width for at in range(begin, end))


def _is_open(lines: Sequence[str], form: Form) -> bool:
    """Whether the end of the lines stands inside quotes: strict reading fails there, but not when a quote is added."""
    try:
        for _ in csv_reader([*lines, (form.quote or "")], form, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _accept_plain(records: Records, source: _Lines, at: int) -> None:
    """One line whose quotes are out of place: split at every separator, or as the csv module does when it is patient."""
    plain = [_unquoted(cell, source.form.quote or '"') for cell in source.plain_cells(at)]
    patient: list[str] = next(iter(csv_reader([source.lines[at].rstrip("\r\n")], source.form)), [])
    for cells in (plain, patient):
        fitted = cells if len(cells) == source.width else fit(cells, source.width, source.pad)
        if fitted is not None:
            records.rows.append(list(map(original, fitted)))
            records.strays += 1
            return
    reason = f"a quote mark out of place, and {len(plain)} fields instead of {source.width}"
    records.skipped.append(SkippedRow(source.first_line + at, reason, source.text(at, at + 1), len(records.rows)))


def _unquoted(cell: str, quote: str) -> str:
    if len(cell) > 1 and cell[0] == quote == cell[-1]:
        return cell[1:-1].replace(quote * 2, quote)
    return cell
