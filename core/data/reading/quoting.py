"""The quoting of a delimited text: the quotes of a program that writes CSV, or marks that are plain text."""

import re

from core.data.reading.records import Form, first_records, modal_width
from core.data.reading.separator import JUDGED, USUAL
from core.data.reading.split_records import split_records


def guess_quoting(lines: list[str], delimiter: str) -> tuple[Form, str, str]:
    """Quote mark and escape of a text whose separator is known.

    Returns:
        the form, why, and a warning where the usual reading would have lost rows (else empty).
    """
    quoted = _best_quote(lines, delimiter)
    if quoted is None:
        return Form(delimiter), "there are none", ""
    plain = Form(delimiter, None)
    plain_rows = first_records(lines, plain, len(lines))
    quoted_rows = first_records(lines, quoted, len(lines))
    plain_raggedness, width = _raggedness(plain_rows), modal_width(plain_rows)
    has_strays = not well_quoted("".join(lines), quoted)
    if has_strays and plain_raggedness <= min(0.001, _raggedness(quoted_rows)) and width > 1:
        # a program that writes CSV leaves no quote mark inside a plain field, and without quoting all rows are even
        lost = len(plain_rows) - len(quoted_rows)
        if lost > 0:
            return plain, "quote marks stand unpaired", (
                f"Quote marks were taken as plain text: reading them as quotes would swallow {lost:,} rows."
            )  # fmt: skip
        return plain, "quote marks stand inside plain fields, and every row is regular without them", ""
    return quoted, f"fields are enclosed in {quoted.quote}", ""


def _raggedness(rows: list[list[str]]) -> float:
    """Share of rows that have not the most frequent width."""
    width = modal_width(rows)
    return sum(len(row) != width for row in rows) / max(1, len(rows))


def _best_quote(lines: list[str], delimiter: str) -> Form | None:
    """The form of quotes that fields open and close with; None where there are none."""
    text = "".join(lines)
    edge = re.escape(delimiter)
    best = Form(delimiter) if '"' in text else None
    singles = len(re.findall(rf"(?:^|{edge})'(?:[^'\n]|'')*'(?={edge}|$)", text, re.M))
    if singles > 0.5 * len(lines) and singles > text.count('"'):
        best = Form(delimiter, "'")
    if best and _blanks_follow(lines, best):
        best = Form(delimiter, best.quote, spaced=True)
    if best and re.search(r"\\" + (best.quote or ""), text):
        escaped = Form(delimiter, best.quote, "\\", best.spaced)
        if _faults(lines, escaped) < _faults(lines, best):
            best = escaped
    return best


def _blanks_follow(lines: list[str], form: Form) -> bool:
    """Whether nearly every separator is followed by a blank that belongs to it."""
    cells = [cell for row in first_records(lines, form, JUDGED) for cell in row[1:] if cell]
    return sum(cell.startswith(" ") for cell in cells) > 0.9 * len(cells)


def _faults(lines: list[str], form: Form) -> int:
    """Rows that this form could not read, or not as quoted."""
    records = split_records(lines, form, modal_width(first_records(lines, form)))
    return len(records.skipped) + records.strays


def is_one_quoted_column(text: str) -> bool:
    """Whether a text is one column of which some cells stand in quotes, and no separator outside of these."""
    if '"' not in text:
        return False
    end = text.rfind('\n"') + 1  # the last cell may be cut where only the beginning of a file is looked at
    return any(_left_of_quoted(part) for part in (text, text[:end]) if part)


def _left_of_quoted(text: str) -> bool:
    left = re.sub(r'(?:(?<=\n)|^)"(?:[^"]|"")*+"(?=\n|$)', "", text)
    return len(left) < len(text) and not any(mark in left for mark in ('"', *USUAL))


def well_quoted(text: str, form: Form) -> bool:
    """Whether every quote mark opens, closes or is doubled inside a field, as a program that writes CSV makes sure."""
    quote_mark, delimiter = form.quote or '"', re.escape(form.delimiter or "\n")
    quote = re.escape(quote_mark)
    if form.escape:
        text = text.replace(form.escape + quote_mark, "")
    blank = " *" if form.spaced else ""
    good = rf"(?:(?<=[{delimiter}\n])|^){blank}{quote}(?:[^{quote}]|{quote}{quote})*+{quote}(?=[{delimiter}\n]|$)"
    return quote_mark not in re.sub(good, "", text)
