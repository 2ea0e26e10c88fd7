"""The dialect of a delimited text: separator, quoting, header, and where the table begins."""

import re
from dataclasses import dataclass, field

from core.data.reading.ask import Ask
from core.data.reading.header import (
    ask_header,
    column_names,
    has_header,
    is_number,
    names_of_titles,
    title_rows,
    weigh_header,
)
from core.data.reading.limits import refuse_wide
from core.data.reading.quoting import guess_quoting, is_one_quoted_column
from core.data.reading.records import Form, csv_reader, first_records, fits, is_blank, modal_width, to_lines
from core.data.reading.separator import guess_separator
from core.errors import DatasetError

PADDED = (0.1, 10)  # share and number of rows that are too short from which on files are written that way


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited text is written, found on its beginning.

    Attributes:
        header: whether a row of the file names the columns.
        names: of the columns, as the file has them or made up.
        skip: physical lines before the first row of data.
        pad: whether rows that are too short are filled up.
        above: (line, content) of rows above the names or the data, which are no data.
        asks: what the first rows leave open.
        reasons: separator, quotes, header -> why, in a few words.
    """

    form: Form
    header: bool
    names: tuple[str, ...]
    skip: int = 0
    pad: bool = False
    above: tuple[tuple[int, str], ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()

    @property
    def width(self) -> int:
        return len(self.names)


def guess_dialect(text: str, name: str, delimiter: str | None = None, header: bool | None = None) -> Dialect:
    """The dialect of a text, of which ``text`` is the beginning, cut after a line.

    Args:
        delimiter, header: what the user already said; not guessed then.

    Raises:
        DatasetError: when the text is no sound table under any reading.
    """
    lines = to_lines(text.replace("\r\n", "\n"))
    lines_before = 0
    declared = re.match(r"sep=(.)\r?\n?$", lines[0].lstrip("\ufeff")) if lines else None
    if declared:  # the line by which Excel is told the separator
        delimiter, lines_before = delimiter or declared[1], 1
    lines = lines[lines_before:]
    if not any(line.strip() for line in lines):
        raise DatasetError(f"{name} holds no rows.", "Upload a file with at least a few rows of texts.")
    if not delimiter and is_one_quoted_column("".join(lines)):
        reasons = {"separator": "every line is text in quotes: one column", "quotes": 'fields are enclosed in "'}
        return _with_header(lines, Form(None), header, lines_before, reasons, (), name)
    mark, why = (delimiter, "as you said") if delimiter else guess_separator(lines, name)
    form, reasons, warnings = Form(None, None), {"separator": why}, []
    if mark is not None:
        form, reasons["quotes"], warning = guess_quoting(lines, mark)
        warnings = [warning] if warning else []
    return _with_header(lines, form, header, lines_before, reasons, tuple(warnings), name)


def _with_header(
    lines: list[str], form: Form, header: bool | None, lines_before: int, reasons: dict[str, str], warnings: tuple[str, ...],
    name: str,
) -> Dialect:  # fmt: skip
    """Width, names and the place of the first row of data."""
    rows = (
        first_records(lines, form)
        if form.delimiter or form.quote
        else [[line.rstrip("\n")] for line in lines[:2000] if line.strip()]
    )
    width = _width(rows)
    refuse_wide(width, name)
    short = sum(len(row) < width for row in rows)
    pad = form.delimiter is not None and short >= PADDED[1] and short > PADDED[0] * len(rows)
    begin = next((number for number, row in enumerate(rows[:50]) if fits(row, width)), 0)
    fitting = [row[:width] for row in rows[begin:] if len(row) >= width]
    index_first = begin == 1 and _lacks_first_name(rows[0], fitting)
    if index_first:  # R leaves out the name of its first column
        begin, fitting = 0, [["", *rows[0]], *fitting]
    evidence = weigh_header(fitting[:1000])
    named = (evidence.named or index_first) if header is None else header
    titles = title_rows(fitting[:1000]) if named and fitting else 0
    first_data = _lines_of(lines, form, begin + titles)
    # of several rows of names the first gives its place to them all
    above = [*enumerate(lines[: _lines_of(lines, form, begin)], 1)]
    above += [
        (number, lines[number - 1])
        for number in range(_lines_of(lines, form, begin + 1) + 1, first_data + 1)
        if titles > 1
    ]
    return Dialect(
        form, named, tuple(column_names(names_of_titles(fitting[:titles]) if titles else None, width)),
        lines_before + first_data, pad,
        tuple((lines_before + number, line.rstrip("\n")) for number, line in above if line.strip()),
        reasons | {"header": evidence.why if header is None else "as you said"}, warnings,
        () if evidence.sure or header is not None or index_first or titles > 1 else (ask_header(fitting, named),),
    )  # fmt: skip


def _width(rows: list[list[str]]) -> int:
    """The number of columns."""
    width = max(1, modal_width(rows))
    wide_rows = [row for row in rows[1:] if len(row) == width]
    if len(rows) > 1 and len(rows[0]) == width - 1 and all(not row[-1].strip() for row in wide_rows):
        return width - 1  # every row but the names ends in a separator
    return width


def _lacks_first_name(first: list[str], rows: list[list[str]]) -> bool:
    """Whether the first row names all columns but one of row numbers or keys, as R writes it."""
    keys = [row[0] for row in rows[:1000]]
    if not rows or len(first) != len(rows[0]) - 1 or not all(first) or len(set(keys)) < len(keys):
        return False
    return (len(first) > 1 or all(map(is_number, keys))) and has_header([first, *(row[1:] for row in rows[:1000])])[0]


def _lines_of(lines: list[str], form: Form, count: int) -> int:
    """Physical lines that the first ``count`` records take, blank lines included."""
    if not count:
        return 0
    if form.delimiter is None and form.quote is None:
        filled = [number for number, line in enumerate(lines) if line.strip()]
        return filled[count - 1] + 1
    reader, taken = csv_reader(lines, form), 0
    for record in reader:
        taken += not is_blank(record)
        if taken == count:
            break
    return int(reader.line_num)
