"""Records of delimited text: the form they are written in, and the csv module's reading of them."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

csv.field_size_limit(2**31 - 1)
NO_DELIMITER = "\x1f"  # stands where a file has one column, which holds no such mark
LONE_CR = "\ue00d"  # stands for a carriage return inside a line, which csv would take for its end


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


def csv_reader(lines: Sequence[str], form: Form, start: int = 0, strict: bool = False):
    """The csv module's reader of ``form`` from one line on."""
    return csv.reader(
        map(lines.__getitem__, range(start, len(lines))), delimiter=form.delimiter or NO_DELIMITER,
        quotechar=form.quote, quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE, escapechar=form.escape,
        doublequote=form.escape is None, skipinitialspace=form.spaced, strict=strict,
    )  # fmt: skip


def to_lines(text: str) -> list[str]:
    """Physical lines with their ends; only line feeds count, so lone carriage returns and U+2028 stay in the text."""
    lines = (re.sub("\r(?!\n)", LONE_CR, text) if "\r" in text else text).split("\n")
    last = lines.pop()
    ended = [line + "\n" for line in lines]
    return [*ended, last] if last else ended


def original(text: str) -> str:
    """The text as the file has it, with the carriage returns that ``to_lines`` hides from the csv module."""
    return text.replace(LONE_CR, "\r")


def first_records(lines: Sequence[str], form: Form, limit: int = 2000) -> list[list[str]]:
    """The first records as the csv module reads them, whatever their width; blank lines left out."""
    records: list[list[str]] = []
    try:
        for record in csv_reader(lines, form):
            if not is_blank(record):
                records.append(record)
            if len(records) >= limit:
                break
    except csv.Error:
        return []
    return records


def is_blank(record: Sequence[str]) -> bool:
    """Whether a record is a blank line."""
    return not record or (len(record) == 1 and not record[0].strip())


def modal_width(records: Sequence[Sequence[str]]) -> int:
    """The most frequent number of fields."""
    return Counter(map(len, records)).most_common(1)[0][0] if records else 0


def fit(record: list[str], width: int, pad: bool) -> list[str] | None:
    """The record at the right width: surplus empty fields cut off, missing ones added where ``pad``; None if it cannot be."""
    if len(record) > width:
        return record[:width] if not any(cell.strip() for cell in record[width:]) else None
    return [*record, *[""] * (width - len(record))] if pad else None


def fits(record: list[str], width: int) -> bool:
    """Whether a record has the right width, or only empty fields beyond it."""
    return len(record) == width or fit(record, width, False) is not None
