"""Dialects: separator, quoting and header of a delimited text, by which choice makes the most regular table."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.data.reading.header import has_header, is_number
from core.data.reading.records import Form, fits, modal_width, reader, split_records, to_lines, widths
from core.errors import DatasetError

USUAL = (",", "\t", ";", "|")
PROSE = set(".!?'’\"-:/()&*+=@#%$_<>[]{} ")  # marks that prose may hold equally often in each line by accident
NEVER = set(
    '"\n\r\x0b\x0c\x85\u2028\u2029\xa0\u3000\ue00d'
)  # quotes, ends of lines and typographic blanks separate nothing
NAMED = 0.03  # what a row of names adds to the share of regular rows
LOOKED_AT = 500  # rows by which separators are judged
PADDED = (0.1, 10)  # share and number of rows that are too short from which on files are written that way
NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", " ": "blank", "\x01": "control character 1"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited text is written, found on its beginning.

    Attributes:
        names: of the columns, as the file has them or made up.
        skip: physical lines before the first row of data.
        pad: whether rows that are too short are filled up.
        above: rows above the names or the data, which are no data.
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
    start = 0
    declared = re.match(r"sep=(.)\r?\n?$", lines[0].lstrip("\ufeff")) if lines else None
    if declared:  # the line by which Excel is told the separator
        delimiter, start = delimiter or declared[1], 1
    lines = lines[start:]
    if not any(line.strip() for line in lines):
        raise DatasetError(f"{name} holds no rows.", "Upload a file with at least a few rows of texts.")
    form, reasons = _separator(lines, delimiter, name)
    warnings: list[str] = []
    if form.delimiter is not None:
        form, why, warning = _quoting(lines, form)
        reasons["quotes"] = why
        warnings += [warning] if warning else []
    return _with_header(lines, form, header, start, reasons, warnings, name)


def _separator(lines: list[str], given: str | None, name: str) -> tuple[Form, dict[str, str]]:
    """The separator that gives most rows the same number of fields."""
    if given:
        return Form(given), {"separator": "as you said"}
    best, best_score, most = Form(None), 0.0, 0.0
    for each in (*USUAL, *_unusual(lines)):
        for form in (Form(each), Form(each, None)):
            rows = widths(lines, form, LOOKED_AT)
            score = _regularity(rows)
            off = round(
                (1 - score) * len(rows)
            )  # of few rows one may be off, such as names that lack that of the row numbers
            if each not in USUAL and not (off <= max(1, 0.02 * len(rows)) and _is_structured(rows, each in PROSE)):
                continue
            if each == " " and not (has_header(rows)[0] or any(" " in cell for row in rows for cell in row)):
                continue  # words of prose
            # a first row of as many names speaks for a separator: commas inside texts do not cut that row too
            worth = score + (NAMED if _is_named(rows) else 0.0)
            # usual separators and quoting are the rule; anything else must be clearly more regular
            if worth > most + (0.0 if form.quote and each in USUAL else 0.02):
                best, best_score, most = form, score, worth
    if best.delimiter is None or best_score < 0.5 or _is_prose(widths(lines, best, LOOKED_AT), best_score, name):
        return Form(None, None), {"separator": "no mark splits the lines into equal numbers of fields: one column"}
    fields = modal_width(widths(lines, best, LOOKED_AT))
    said = NAMES.get(best.delimiter, repr(best.delimiter))
    return Form(best.delimiter), {"separator": f"{said}: {best_score:.0%} of the first rows have {fields} fields"}


def _is_named(rows: list[list[str]]) -> bool:
    """Whether the first row holds a name for each column."""
    width = modal_width(rows)
    return width > 1 and len(rows[0]) == width and has_header([row for row in rows if len(row) == width])[0]


def _unusual(lines: list[str]) -> list[str]:
    """Other marks that stand in many lines; a field with line breaks makes lines without any."""
    shown = [line.rstrip("\n") for line in lines[:400] if line.strip()]
    counts: Counter[str] = Counter()
    for line in shown:
        counts.update({mark for mark in set(line) if not mark.isalnum() and mark not in USUAL and mark not in NEVER})
    often = [mark for mark, lines_with in counts.items() if lines_with >= 0.2 * len(shown)]
    return sorted(often, key=lambda mark: (mark in PROSE, mark == " ", -counts[mark], mark))[:10]


def _regularity(rows: list[list[str]]) -> float:
    """Share of rows with the most frequent width, surplus empty fields forgiven; 0 for one column."""
    width = modal_width(rows)
    if width < 2:
        return 0.0
    return sum(fits(row, width) for row in rows) / len(rows)


def _is_structured(rows: list[list[str]], prose: bool) -> bool:
    """Whether the columns look like columns: filled, and for marks of prose one of few repeated values or numbers."""
    width = modal_width(rows)
    columns = list(zip(*[row for row in rows if len(row) == width][1:], strict=True))
    if not columns or any(sum(not cell.strip() for cell in column) > 0.5 * len(column) for column in columns):
        return False
    if not prose:
        return len(columns[0]) >= 2
    kinds = [len(set(c)) <= max(2, len(c) / 4) or all(map(is_number, c)) for c in columns]
    return len(columns[0]) >= 6 and any(kinds) and not all(kinds)


def _is_prose(rows: list[list[str]], score: float, name: str) -> bool:
    """Whether lines of running text were split at its commas by accident: uneven, two columns, neither of them labels."""
    if score >= 0.9 or modal_width(rows) > 2 or name.lower().endswith((".csv", ".tsv")):
        return False
    return not _is_structured(rows, True)


def _quoting(lines: list[str], form: Form) -> tuple[Form, str, str]:
    """Quote mark and escape of a separator: the quotes of a CSV writer, or plain text.

    Returns:
        the form, why, and a warning where the usual reading would have lost rows.
    """
    mark = form.delimiter
    plain = Form(mark, None)
    quoted = _best_quote(lines, mark)
    if quoted is None:
        return form, "there are none", ""
    unquoted_rows = widths(lines, plain, len(lines))
    width = modal_width(unquoted_rows)
    ragged = _raggedness(unquoted_rows)
    rows = widths(lines, quoted, len(lines))
    quoted_ragged = _raggedness(rows)
    lost = len(unquoted_rows) - len(rows)
    stray = not well_quoted("".join(lines), quoted)
    if stray and ragged <= min(0.001, quoted_ragged) and width > 1:
        # a program that writes CSV leaves no quote mark inside a plain field, and without quoting all rows are even
        if lost > 0:
            return plain, "quote marks stand unpaired", (
                f"Quote marks were taken as plain text: reading them as quotes would swallow {lost:,} rows."
            )  # fmt: skip
        return plain, "quote marks stand inside plain fields, and every row is regular without them", ""
    return quoted, f"fields are enclosed in {quoted.quote}", ""


def _raggedness(rows: list[list[str]]) -> float:
    width = modal_width(rows)
    return sum(len(row) != width for row in rows) / max(1, len(rows))


def _best_quote(lines: list[str], mark: str | None) -> Form | None:
    """The form of quotes that fields open and close with; None where there are none."""
    text = "".join(lines)
    edge = re.escape(mark or "")
    best = Form(mark) if '"' in text else None
    singles = len(re.findall(rf"(?:^|{edge})'(?:[^'\n]|'')*'(?={edge}|$)", text, re.M))
    if singles > 0.5 * len(lines) and singles > text.count('"'):
        best = Form(mark, "'")
    if best and _blanks_follow(lines, best):
        best = Form(mark, best.quote, spaced=True)
    if best and re.search(r"\\" + (best.quote or ""), text):
        slashed = Form(mark, best.quote, "\\", best.spaced)
        if _faults(lines, slashed) < _faults(lines, best):
            best = slashed
    return best


def _blanks_follow(lines: list[str], form: Form) -> bool:
    """Whether nearly every separator is followed by a blank that belongs to it."""
    cells = [cell for row in widths(lines, form, LOOKED_AT) for cell in row[1:] if cell]
    return sum(cell.startswith(" ") for cell in cells) > 0.9 * len(cells)


def _faults(lines: list[str], form: Form) -> int:
    found = split_records(lines, form, modal_width(widths(lines, form)))
    return len(found.aside) + found.strays


def well_quoted(text: str, form: Form) -> bool:
    """Whether every quote mark opens, closes or is doubled inside a field, as a program that writes CSV makes sure."""
    mark_of_quote, mark = form.quote or '"', re.escape(form.delimiter or "\n")
    quote = re.escape(mark_of_quote)
    if form.escape:
        text = text.replace(form.escape + mark_of_quote, "")
    blank = " *" if form.spaced else ""
    good = rf"(?:(?<=[{mark}\n])|^){blank}{quote}(?:[^{quote}]|{quote}{quote})*+{quote}(?=[{mark}\n]|$)"
    return mark_of_quote not in re.sub(good, "", text)


def _with_header(
    lines: list[str], form: Form, header: bool | None, start: int, reasons: dict[str, str], warnings: list[str], name: str
) -> Dialect:  # fmt: skip
    """Width, names and the place of the first row of data."""
    rows = widths(lines, form) if form.delimiter else [[line.rstrip("\n")] for line in lines[:2000] if line.strip()]
    width = max(1, modal_width(rows))
    if (
        len(rows[0]) == width - 1
        and len(rows) > 1
        and all(not row[-1].strip() for row in rows[1:] if len(row) == width)
    ):
        width -= 1  # every row but the names ends in a separator
    short = sum(len(row) < width for row in rows)
    pad = form.delimiter is not None and short >= PADDED[1] and short > PADDED[0] * len(rows)
    place = next((i for i, row in enumerate(rows[:50]) if fits(row, width)), 0)
    fitting = [row[:width] for row in rows[place:] if len(row) >= width]
    index_first = place == 1 and _lacks_first_name(rows[0], fitting)
    if index_first:  # R leaves out the name of its first column
        place, fitting = 0, [["", *rows[0]], *fitting]
    found, why = has_header(fitting[:1000])
    named = (found or index_first) if header is None else header
    reasons["header"] = "as you said" if header is not None else why
    ends = _line_of(lines, form, place + 1 if named else place)
    above = [] if place == 0 else lines[: _line_of(lines, form, place)]
    return Dialect(
        form, named, tuple(column_names(fitting[0] if named and fitting else None, width)), start + ends, pad,
        tuple((start + i, line.rstrip("\n")) for i, line in enumerate(above, 1) if line.strip()), reasons, tuple(warnings),
    )  # fmt: skip


def _lacks_first_name(first: list[str], rows: list[list[str]]) -> bool:
    """Whether the first row names all columns but one of row numbers or keys, as R writes it."""
    keys = [row[0] for row in rows[:1000]]
    if not rows or len(first) != len(rows[0]) - 1 or not all(first) or len(set(keys)) < len(keys):
        return False
    return (len(first) > 1 or all(map(is_number, keys))) and has_header([first, *(row[1:] for row in rows[:1000])])[0]


def _line_of(lines: list[str], form: Form, records: int) -> int:
    """Physical lines that the first ``records`` records take, blank lines included."""
    if not records:
        return 0
    if form.delimiter is None:
        filled = [i for i, line in enumerate(lines) if line.strip()]
        return filled[records - 1] + 1
    read, taken = reader(lines, form), 0
    for row in read:
        taken += bool(row and not (len(row) == 1 and not row[0].strip()))
        if taken == records:
            break
    return int(read.line_num)


def column_names(first: Sequence[str] | None, width: int) -> list[str]:
    """Unique names: those of the first row, or numbers; a single column is called text."""
    if first is None:
        return ["text"] if width == 1 else [str(place) for place in range(width)]
    names = [cell.strip() or f"Unnamed: {place}" for place, cell in enumerate(first)]
    return unique([*names, *(f"Unnamed: {place}" for place in range(len(names), width))])


def unique(names: Sequence[str]) -> list[str]:
    """The names with .1, .2 … where one comes again."""
    taken: set[str] = set()
    found = []
    for name in names:
        new, number = name, 0
        while new in taken:
            number += 1
            new = f"{name}.{number}"
        taken.add(new)
        found.append(new)
    return found
