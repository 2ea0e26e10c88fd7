"""Scored tables as files, in the format in which they came."""

from io import BytesIO
from pathlib import Path

import pandas as pd

from core import workspace
from core.data.reading.cells import cell_text
from core.data.sets.spreadsheet import spreadsheet_csv
from core.errors import DatasetError

WRITERS = (".csv", ".tsv", ".jsonl", ".parquet", ".xlsx")
MIME = {
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
DIGITS = 4  # of shares in files that people read; programs get them whole
FOR_PEOPLE = (".csv", ".tsv", ".xlsx")
MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767  # below the names; characters: Excel takes no more


SAME = {
    ".json": ".jsonl",
    ".ndjson": ".jsonl",
    ".xls": ".xlsx",
    ".xlsm": ".xlsx",
    ".ods": ".xlsx",
    ".pq": ".parquet",
    ".tab": ".tsv",
}


def ending_of(name: str, format: str = "") -> str:
    """The ending under which a table is written again: that of its file, else that of how it was read, else CSV."""
    for ending in (Path(name).suffix.lower(), f".{format}"):
        if SAME.get(ending, ending) in WRITERS:
            return SAME.get(ending, ending)
    return ".csv"


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table in the format of the path's ending, aside and then in one move.

    Raises:
        DatasetError: when a workbook cannot hold it.
        StorageError: when the place cannot be written.
    """
    kind = path.suffix.lower()
    shown = rounded(frame) if kind in FOR_PEOPLE else frame
    with workspace.replace_file(path) as aside:
        if kind == ".parquet":
            _plain_cells(shown).to_parquet(aside, index=False)
        elif kind == ".jsonl":
            shown.to_json(aside, orient="records", lines=True, force_ascii=False)
        elif kind == ".xlsx":
            aside.write_bytes(_workbook(shown))
        else:
            shown.to_csv(aside, index=False, sep="\t" if kind == ".tsv" else ",")


def table_bytes(frame: pd.DataFrame, ending: str) -> bytes:
    """The same as bytes, for a download; in CSV, texts that a spreadsheet would run as a formula are made harmless.

    Raises:
        DatasetError: when a workbook cannot hold it.
    """
    if ending == ".csv":
        return spreadsheet_csv(rounded(frame))
    if ending == ".xlsx":
        return _workbook(rounded(frame))
    if ending == ".parquet":
        whole = BytesIO()
        _plain_cells(frame).to_parquet(whole, index=False)
        return whole.getvalue()
    if ending == ".jsonl":
        return frame.to_json(orient="records", lines=True, force_ascii=False).encode()
    return rounded(frame).to_csv(index=False, sep="\t").encode()


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Shares with ``DIGITS`` digits: nobody reads the sixteenth."""
    shares = [
        name
        for name in frame.columns
        if name.startswith(("p.", "confidence")) and pd.api.types.is_float_dtype(frame[name])
    ]
    return frame.assign(**{name: frame[name].round(DIGITS) for name in shares})


def fits_workbook(frame: pd.DataFrame) -> bool:
    """Whether Excel can hold all rows and every cell."""
    texts = [
        frame[name]
        for name in frame.columns
        if frame[name].dtype == object or pd.api.types.is_string_dtype(frame[name])
    ]
    return len(frame) <= MOST_ROWS and all(
        column.map(lambda cell: len(str(cell))).max() <= LONGEST_CELL for column in texts if len(column)
    )


def _workbook(frame: pd.DataFrame) -> bytes:
    """A sheet of the table; its texts are texts, whatever they begin with."""
    if not fits_workbook(frame):
        raise DatasetError(
            f"A workbook holds {MOST_ROWS:,} rows and {LONGEST_CELL:,} characters a cell, and this table has more.",
            "Write .csv or .parquet.",
        )
    whole = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(whole, engine="xlsxwriter", engine_kwargs={"options": plain}) as book:
        _plain_cells(frame).to_excel(book, index=False, sheet_name="Scored")
    return whole.getvalue()


def _plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that mix kinds as texts; what is missing stays missing."""
    mixed = [name for name in frame.columns if frame[name].dtype == object]
    return frame.assign(**{name: frame[name].map(_plain_cell) for name in mixed})


def _plain_cell(cell: object) -> str | None:
    missing = cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)
    return None if missing else cell_text(cell)
