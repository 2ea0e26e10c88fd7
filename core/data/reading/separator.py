"""The separator of a delimited text: the mark that gives most rows the same number of fields."""

from collections import Counter

from core.data.reading.header import has_header, is_number
from core.data.reading.limits import MOST_COLUMNS, refuse_wide
from core.data.reading.records import Form, first_records, fits, modal_width

USUAL = (",", "\t", ";", "|")
PROSE = set(".!?'’\"-:/()&*+=@#%$_<>[]{} ")  # marks that prose may hold equally often in each line by accident
# quotes, ends of lines and typographic blanks separate nothing
NEVER = set('"\n\r\x0b\x0c\x85\u2028\u2029\xa0\u3000\ue00d')
NAMED = 0.03  # what a row of names adds to the share of regular rows
UNUSUAL = 0.02  # by how much more regular an unusual separator, or one without quoting, must make the table
TABULAR = 0.6  # share of regular rows from which on a mark speaks of a table
JUDGED = 500  # rows by which separators are judged
TITLES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", " ": "blank", "\x01": "control character 1"}


def guess_separator(lines: list[str], name: str) -> tuple[str | None, str]:
    """The separator, None for a single column, and why in a few words.

    Args:
        name: of the file, whose ending may speak for a table.
    """
    best, best_regularity, best_worth = Form(None), 0.0, 0.0
    for mark in (*USUAL, *_unusual_marks(lines)):
        for form in (Form(mark), Form(mark, None)):
            rows = first_records(lines, form, JUDGED)
            regularity = _regularity(rows)
            if mark in USUAL and regularity >= TABULAR:
                refuse_wide(modal_width(rows), name)
            if modal_width(rows) > MOST_COLUMNS:
                continue
            if mark not in USUAL and not _may_separate(mark, rows, regularity):
                continue
            # a first row of as many names speaks for a separator: commas inside texts do not cut that row too
            worth = regularity + (NAMED if _is_named(rows) else 0.0)
            if worth > best_worth + (0.0 if form.quote and mark in USUAL else UNUSUAL):
                best, best_regularity, best_worth = form, regularity, worth
    rows = first_records(lines, best, JUDGED)
    if best.delimiter is None or best_regularity < 0.5 or _is_prose(rows, best_regularity, name):
        return None, "no mark splits the lines into equal numbers of fields: one column"
    title = TITLES.get(best.delimiter, repr(best.delimiter))
    return best.delimiter, f"{title}: {best_regularity:.0%} of the first rows have {modal_width(rows)} fields"


def _may_separate(mark: str, rows: list[list[str]], regularity: float) -> bool:
    """Whether an unusual mark makes a table that nobody would write by accident."""
    # of few rows one may be off, such as names that lack that of the row numbers
    irregular = round((1 - regularity) * len(rows))
    if irregular > max(1, 0.02 * len(rows)) or not _is_structured(rows, mark in PROSE):
        return False
    # else these are words of prose
    as_wide = [row for row in rows if len(row) >= len(rows[0])]
    return mark != " " or has_header(as_wide)[0] or any(" " in cell for row in rows for cell in row)


def _is_named(rows: list[list[str]]) -> bool:
    """Whether the first row holds a name for each column."""
    width = modal_width(rows)
    return width > 1 and len(rows[0]) == width and has_header([row for row in rows if len(row) == width])[0]


def _unusual_marks(lines: list[str]) -> list[str]:
    """Other marks that stand in many lines; a field with line breaks makes lines without any."""
    shown = [line.rstrip("\n") for line in lines[:400] if line.strip()]
    counts: Counter[str] = Counter()
    for line in shown:
        counts.update({mark for mark in set(line) if not mark.isalnum() and mark not in USUAL and mark not in NEVER})
    frequent = [mark for mark, lines_with in counts.items() if lines_with >= 0.2 * len(shown)]
    return sorted(frequent, key=lambda mark: (mark in PROSE, mark == " ", -counts[mark], mark))[:10]


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
    categorical = [len(set(c)) <= max(2, len(c) / 4) or all(map(is_number, c)) for c in columns]
    return len(columns[0]) >= 6 and any(categorical) and not all(categorical)


def _is_prose(rows: list[list[str]], regularity: float, name: str) -> bool:
    """Whether lines of running text were split at its commas by accident: uneven, two columns, neither of them labels."""
    if regularity >= 0.9 or modal_width(rows) > 2 or name.lower().endswith((".csv", ".tsv")):
        return False
    return not _is_structured(rows, True)
