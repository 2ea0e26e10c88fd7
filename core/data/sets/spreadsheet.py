"""Tables that leave for a spreadsheet: no cell of theirs may be run as a formula."""

import re

import pandas as pd

# source: https://owasp.org/www-community/attacks/CSV_Injection, which names tab, carriage return, line feed and the wide forms too
SIGNS = "=+\\-@＝＋－＠"
# blanks and invisible marks before a sign do not make it harmless
_FORMULA = re.compile(rf"[\s\0\ufeff\u200b-\u200f\u2060]*[{SIGNS}]|[\t\r\n]")


def spreadsheet_csv(frame: pd.DataFrame) -> bytes:
    """The table as CSV that Excel reads as UTF-8, with every text that a spreadsheet would run made harmless.

    A text (also a column's name) that begins with ``= + - @`` or their wide forms, also after blanks, line ends, invisible marks or
    a byte-order mark, or with a tab or a line end, gets an apostrophe in front; numbers, also those written as text, stay as they are.
    """
    safe = frame.rename(columns=_harmless)
    for column, kind in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
            safe.isetitem(column, safe.iloc[:, column].map(_harmless))
    return safe.to_csv(index=False).encode("utf-8-sig")


def original_cell(value: object) -> object:
    """What a cell held before ``spreadsheet_csv`` made it harmless."""
    is_marked = isinstance(value, str) and value.startswith("'") and _FORMULA.match(value.lstrip("'"))
    return value[1:] if is_marked else value  # type: ignore[index]


def _harmless(value: object) -> object:
    if not isinstance(value, str) or not _FORMULA.match(value.lstrip("'")):
        return value
    if value.startswith("'"):  # one more, so that ``original_cell`` gives the text back
        return f"'{value}"
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
