"""Records of delimited text: split with care, so that a stray quote costs no row and what does not fit is named."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

csv.field_size_limit(2**31 - 1)
LONGEST_RECORD = 20_000  # lines after which a quote that was opened counts as a stray one
SWALLOWED_LINES = 5  # a quoted field over so many lines, each a whole row by itself, has swallowed them
LONE_CR = "\ue00d"  # stands for a carriage return inside a line, which csv would take for its end


class Aside(NamedTuple):
    """A row of the file that was not read: where (its first line, or its number), why, and what stands there."""

    line: int
    reason: str
    content: str


@dataclass(frozen=True, slots=True)
class Form:
    """How records are written.

    Attributes:
        delimiter: None where the file has one column.
        quote: the quote mark that may enclose a field; None where quote marks are text.
        escape: a mark before quotes inside quoted fields, where they are not doubled.
        spaced: whether blanks after the separator belong to it.
    """

    delimiter: str | None
    quote: str | None = '"'
    escape: str | None = None
    spaced: bool = False


@dataclass(slots=True)
class Records:
    """What ``split_records`` found: rows of the right width, rows set aside, and how many lines were used up."""

    rows: list[list[str]] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    used: int = 0
    padded: int = 0  # rows that were filled up
    strays: int = 0  # rows with quote marks out of place, read as plain text


def reader(lines: Sequence[str], form: Form, start: int = 0, strict: bool = False):
    """The csv module's reader of ``form`` from one line on."""
    return csv.reader(
        map(lines.__getitem__, range(start, len(lines))), delimiter=form.delimiter or "\x1f",
        quotechar=form.quote, quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE, escapechar=form.escape,
        doublequote=form.escape is None, skipinitialspace=form.spaced, strict=strict,
    )  # fmt: skip


def to_lines(text: str) -> list[str]:
    """Physical lines with their ends; only line feeds count, so lone carriage returns and U+2028 stay in the text."""
    lines = (re.sub("\r(?!\n)", LONE_CR, text) if "\r" in text else text).split("\n")
    last = lines.pop()
    found = [line + "\n" for line in lines]
    return [*found, last] if last else found


def widths(lines: Sequence[str], form: Form, limit: int = 2000) -> list[list[str]]:
    """The first records as the csv module reads them, whatever their width; blank lines left out."""
    found: list[list[str]] = []
    try:
        for row in reader(lines, form):
            if row and not (len(row) == 1 and not row[0].strip()):
                found.append(row)
            if len(found) >= limit:
                break
    except csv.Error:
        return []
    return found


def modal_width(rows: Sequence[Sequence[str]]) -> int:
    """The most frequent number of fields."""
    return Counter(map(len, rows)).most_common(1)[0][0] if rows else 0


def split_records(
    lines: Sequence[str], form: Form, width: int, *, first_line: int = 1, final: bool = True, pad: bool = False,
    names: Sequence[str] = (),
) -> Records:  # fmt: skip
    """Rows of ``width`` fields; where a quote is out of place, its line is read as plain text and the next is begun afresh.

    Args:
        final: False where more lines follow: a record that the end cuts is then left unused.
        pad: fill rows that are too short with empty fields, where the file is written that way.
        names: of the columns; a row that only repeats them, as in files glued together, is set aside.
    """
    if form.delimiter is None:
        return _lines_as_rows(lines)
    found = Records()
    start = 0
    while start < len(lines):
        records = reader(lines, form, start, strict=True)
        base = begin = start
        try:
            for row in records:
                end = base + records.line_num
                if end - begin > 1 and _is_stray(lines[begin:end], row, form, width):
                    break
                _accept(found, row, lines, begin, end, width, first_line, pad, names)
                begin = end
            else:
                start = len(lines)
                break
        except csv.Error:
            end = base + records.line_num
            open_at_end = end >= len(lines) and _is_open(lines[begin:end], form)
            if open_at_end and not final and end - begin < LONGEST_RECORD:
                found.used = begin
                return found
        _plain(found, lines, begin, form, width, first_line, pad)
        start = begin + 1
    found.used = len(lines)
    return found


def _lines_as_rows(lines: Sequence[str]) -> Records:
    cells = [line.rstrip("\r\n").replace(LONE_CR, "\r") for line in lines]
    return Records([[cell] for cell in cells if cell], used=len(lines))


def _accept(
    found: Records, row: list[str], lines: Sequence[str], begin: int, end: int, width: int, first_line: int, pad: bool,
    names: Sequence[str],
) -> None:  # fmt: skip
    """Take a record, or set it aside where its width does not fit."""
    if len(row) == width and not (names and row[0].strip() == names[0] and [c.strip() for c in row] == list(names)):
        found.rows.append([cell.replace(LONE_CR, "\r") if LONE_CR in cell else cell for cell in row])
        return
    if not row or (len(row) == 1 and not row[0].strip()):
        return  # a blank line
    fitted = fit(row, width, pad)
    content = "".join(lines[begin:end]).rstrip("\r\n").replace(LONE_CR, "\r")
    if len(row) == width:
        found.aside.append(Aside(first_line + begin, "it repeats the names of the columns", content))
    elif fitted is None:
        found.aside.append(Aside(first_line + begin, f"{len(row)} fields instead of {width}", content))
    else:
        found.rows.append([cell.replace(LONE_CR, "\r") for cell in fitted])
        found.padded += len(row) < width


def fit(row: list[str], width: int, pad: bool) -> list[str] | None:
    """The row at the right width: surplus empty fields cut off, missing ones added where ``pad``; None if it cannot be."""
    if len(row) > width:
        return row[:width] if not any(cell.strip() for cell in row[width:]) else None
    return [*row, *[""] * (width - len(row))] if pad else None


def fits(row: list[str], width: int) -> bool:
    """Whether a row has the right width, or only empty fields beyond it."""
    return len(row) == width or fit(row, width, False) is not None


def _is_stray(lines: Sequence[str], row: list[str], form: Form, width: int) -> bool:
    """Whether a record of several lines is several rows that a stray quote has glued together."""
    alone = [_plain_cells(line, form) for line in lines]
    if len(row) != width and len(alone[0]) == width:
        return True
    return len(lines) >= SWALLOWED_LINES and all(len(cells) == width for cells in alone)


def _is_open(lines: Sequence[str], form: Form) -> bool:
    """Whether the end of the lines stands inside quotes: strict reading fails there, patient reading with a closing quote not."""
    try:
        for _ in reader([*lines, (form.quote or "")], form, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _plain_cells(line: str, form: Form) -> list[str]:
    return line.rstrip("\r\n").split(form.delimiter)


def _plain(found: Records, lines: Sequence[str], at: int, form: Form, width: int, first_line: int, pad: bool) -> None:
    """One line whose quotes are out of place: split at every separator, or as the csv module does when it is patient."""
    quote = form.quote or '"'
    plain = [_unquoted(cell, quote) for cell in _plain_cells(lines[at], form)]
    patient: list[str] = next(iter(reader([lines[at].rstrip("\r\n")], form)), [])
    for cells in (plain, patient):
        fitted = cells if len(cells) == width else fit(cells, width, pad)
        if fitted is not None:
            found.rows.append([cell.replace(LONE_CR, "\r") for cell in fitted])
            found.strays += 1
            return
    content = lines[at].rstrip("\r\n").replace(LONE_CR, "\r")
    reason = f"a quote mark out of place, and {len(plain)} fields instead of {width}"
    found.aside.append(Aside(first_line + at, reason, content))


def _unquoted(cell: str, quote: str) -> str:
    if len(cell) > 1 and cell[0] == quote == cell[-1]:
        return cell[1:-1].replace(quote * 2, quote)
    return cell
