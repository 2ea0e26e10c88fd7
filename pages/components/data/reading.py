"""How a file is written: the guess with its reasons, and the controls that correct it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.data.reading.read import Table, sample_table
from core.data.reading.reader import ReadingOptions
from core.data.reading.readers import open_table
from core.data.sets.spreadsheet import spreadsheet_csv
from core.errors import DatasetError
from pages.components.data.asks import ask_view
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain

DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "bar |": "|", "blank": " "}
OTHER = "another character"
ENCODINGS = [
    "utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "koi8-r", "koi8-u", "iso8859-5", "mac_cyrillic", "cp866", "cp852",
    "cp1257", "cp1258", "cp1253", "cp1254", "cp1255", "cp1256", "gb18030",
    "big5", "shift_jis", "iso2022_jp", "euc_jp", "euc_kr", "mac_roman",
]  # fmt: skip
DELIMITED = ("csv", "tsv")
SHOWN = 200  # rows that were set aside and are shown
MOST = 100_000  # of them in one download


@dataclass(frozen=True)
class Reading:
    """How the user wants the file to be read; None leaves it to Graft."""

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header: bool | None = None

    def how(self) -> dict[str, Any]:
        """As keywords of ``ReadingOptions`` and ``add_dataset``."""
        return {"delimiter": self.delimiter, "encoding": self.encoding, "sheet": self.sheet, "header": self.header}


@st.cache_data(max_entries=4, show_spinner="Reading the file …")
def read_cached(path: str, stamp: float, name: str, reading: Reading) -> Table:
    """The file, or rows of a large one; ``stamp`` is its time of change, so that a changed file is read again."""
    return sample_table(open_table(Path(path), name, ReadingOptions(**reading.how())))


def read_file(path: Path, name: str, reading: Reading) -> Table:
    return read_cached(str(path), path.stat().st_mtime if path.exists() else 0.0, name, reading)


def reading_view(path: Path, name: str, stamp: str) -> Reading:
    """What was found out about the file, to be corrected."""
    guess: Table | None = None
    try:
        guess = read_file(path, name, Reading())
    except DatasetError as error:
        if not _may_be_text(path, name):
            raise
        show_error(error)
    with st.popover("How the file is written", icon=":material/tune:"):
        reading = _controls(guess, stamp)
    for ask in guess.asks if guess and reading.header is None else ():
        if ask.about == "header" and (header := ask_view(ask, stamp)) != guess.header:
            reading = replace(reading, header=header)
    if guess is None and reading == Reading():
        st.stop()
    return reading


def _may_be_text(path: Path, name: str) -> bool:
    """Whether naming the separator or the encoding could mend what the guess could not read."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(4096)
    return name.lower().endswith((".csv", ".tsv", ".txt")) and len(head) > 300 and b"\x00\x05\x16" not in head[:4]


def _controls(guess: Table | None, stamp: str) -> Reading:
    delimiter = encoding = sheet = header = None
    if guess is None or guess.format in DELIMITED:
        delimiter = _delimiter(guess, stamp)
        found = guess.encoding if guess else "?"
        picked = st.selectbox(
            "Encoding", [f"as found: {found}", *ENCODINGS], key=f"encoding_{stamp}",
            help="How letters are stored. Change it when accents or Chinese characters look broken.",
        )  # fmt: skip
        encoding = None if picked.startswith("as found") else picked
    if guess and len(guess.sheets) > 1:
        place = guess.sheets.index(guess.sheet) if guess.sheet in guess.sheets else None
        title = "Table" if "/" in "".join(guess.sheets) or guess.format in DELIMITED else "Sheet"
        picked_sheet = st.selectbox(title, guess.sheets, index=place, key=f"sheet_{stamp}", placeholder="all together")
        sheet = picked_sheet if picked_sheet != guess.sheet else None
    if guess and guess.format in (*DELIMITED, "xlsx", "xls", "ods", "xlsb"):
        ticked = st.checkbox("First row names the columns", value=guess.header, key=f"header_{stamp}")
        header = None if ticked == guess.header else ticked
    for what, why in (guess.reasons if guess else {}).items():
        st.caption(plain(f"{what.capitalize()}: {why}"))
    return Reading(delimiter, encoding, sheet, header)


def _delimiter(guess: Table | None, stamp: str) -> str | None:
    mark = guess.delimiter if guess else None
    found = next((name for name, each in DELIMITERS.items() if each == mark), repr(mark) if mark else "one column")
    picked = st.selectbox("Separator", [f"as found: {found}", *DELIMITERS, OTHER], key=f"delimiter_{stamp}")
    if picked == OTHER:
        return st.text_input("Character", max_chars=1, key=f"mark_{stamp}") or None
    return DELIMITERS.get(picked)


def written_as(table: Table) -> str:
    """Format, separator and encoding in a few words."""
    mark = table.delimiter
    said = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "blanks"}.get(mark or "", repr(mark))
    parts = (
        table.format.upper(),
        f"separated by {said}" if mark else "",
        table.encoding,
        table.sheet and f"from {table.sheet}",
    )
    return ", ".join(filter(None, parts))


def aside_view(rows: pd.DataFrame, count: int, name: str) -> None:
    """Rows of the file that were not taken, with the reason, to look at and to download."""
    if not count:
        return
    with st.expander(f"{count:,} rows were set aside: show them", icon=":material/playlist_remove:"):
        st.dataframe(rows.head(SHOWN), hide_index=True, key="aside_rows")
        shown = min(SHOWN, len(rows))
        st.caption(f"The first {shown:,} of {count:,}." if count > shown else "All of them.")
        st.download_button(
            "Download as CSV" + (f" (the first {MOST:,})" if count > MOST else ""), lambda: spreadsheet_csv(rows),
            f"{name}-set-aside.csv", "text/csv", icon=":material/download:", key="aside_download", on_click="ignore",
        )  # fmt: skip
