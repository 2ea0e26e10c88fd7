"""Upload: the file goes to disk at once, the guess is shown and corrected, then the set is stored."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from core import workspace
from core.data.columns import Roles
from core.data.labels import count_labels
from core.data.read import Table, read_table
from core.data.store import add_dataset, prepare
from core.errors import DatasetError, GraftError
from pages.components.roles_form import role_of, roles_form
from pages.components.words import show_error

TYPES = ["csv", "tsv", "txt", "jsonl", "ndjson", "json", "parquet", "xlsx", "xls"]
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "bar |": "|"}
ENCODINGS = ["utf-8", "utf-16", "cp1252", "latin-1", "gb18030", "big5", "shift_jis", "euc_kr", "cp1251"]
PREVIEW = 8


@dataclass(frozen=True)
class Reading:
    """How the user wants the file to be read; None leaves it to Graft."""

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header: bool | None = None


def upload_view() -> None:
    """From a file to a stored set."""
    done = st.session_state.get("uploads_done", 0)
    file = st.file_uploader(
        "File", type=TYPES, key=f"upload_{done}" if done else "upload", max_upload_size=200,
        help="CSV, TSV, JSON Lines, Parquet or Excel, up to 200 MB. It stays on this machine.",
    )  # fmt: skip
    if file is None:
        st.session_state.pop("upload_copy", None)
        return
    copy = _to_disk(file)
    st.session_state["upload_copy"] = str(copy)
    try:
        reading = _reading(copy, file.name)
        table = _read(str(copy), file.name, reading)
        roles = roles_form(table.frame)
        _preview(table, roles)
        _store(copy, file.name, table, roles, reading)
    except GraftError as error:
        show_error(error)


def _to_disk(file: object) -> Path:
    """A copy named by its content, so that it survives a reload and the same file is kept once."""
    content = file.getvalue()  # type: ignore[attr-defined]
    path = workspace.folder("uploads") / hashlib.sha256(content).hexdigest()[:24]
    if not path.exists():
        workspace.write_bytes(path, content)
    return path


@st.cache_data(max_entries=4, show_spinner="Reading the file …")
def _read(path: str, name: str, reading: Reading) -> Table:
    return read_table(
        Path(path), delimiter=reading.delimiter, encoding=reading.encoding, sheet=reading.sheet, header=reading.header,
        name=name,
    )  # fmt: skip


def _reading(copy: Path, name: str) -> Reading:
    """What was found out about the file, to be corrected."""
    stamp = copy.name[:8]
    try:
        guess: Table | None = _read(str(copy), name, Reading())
    except DatasetError as error:
        if not name.lower().endswith((".csv", ".tsv", ".txt")) or copy.stat().st_size < 300:
            raise
        show_error(error)
        guess = None
    kind = guess.format if guess else "csv"
    with st.popover("How the file is written", icon=":material/tune:"):
        if kind in ("csv", "tsv"):
            found = next((n for n, d in DELIMITERS.items() if guess and d == guess.delimiter), "one column")
            delimiter = st.selectbox("Separator", [f"as found: {found}", *DELIMITERS], key=f"delimiter_{stamp}")
            encoding = st.selectbox(
                "Encoding", [f"as found: {guess.encoding if guess else '?'}", *ENCODINGS], key=f"encoding_{stamp}",
                help="How letters are stored. Change it when accents or Chinese characters look broken.",
            )  # fmt: skip
        else:
            delimiter = encoding = "as found"
        sheet = None
        if guess and len(guess.sheets) > 1:
            sheet = st.selectbox(
                "Sheet", guess.sheets, index=guess.sheets.index(guess.sheet or ""), key=f"sheet_{stamp}"
            )
        header = None
        if guess and guess.format in ("csv", "tsv", "xlsx", "xls"):
            header = st.checkbox("First row names the columns", value=guess.header, key=f"header_{stamp}")
            header = None if header == guess.header else header
    if guess is None and delimiter.startswith("as found") and encoding.startswith("as found"):
        st.stop()
    return Reading(
        DELIMITERS.get(delimiter), None if encoding.startswith("as found") else encoding,
        sheet if guess and sheet != guess.sheet else None, header,
    )  # fmt: skip


def _preview(table: Table, roles: Roles) -> None:
    shown = table.frame.head(PREVIEW).astype(str)
    named = {column: f"{column} → {role}" for column in shown.columns if (role := role_of(column, roles))}
    st.dataframe(shown.rename(columns=named), hide_index=True, key="upload_preview")
    written = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}.get(table.delimiter or "", "")
    how = ", ".join(filter(None, (table.format.upper(), written and f"separated by {written}", table.encoding)))
    st.caption(
        f"{len(table.frame):,} rows, {len(table.frame.columns)} columns ({how}). The first {len(shown)} are shown."
    )


def _store(copy: Path, source_name: str, table: Table, roles: Roles, reading: Reading) -> None:
    """How it would be split, what would be set aside, and the button that does it."""
    left, middle, right = st.columns(3)
    name = left.text_input("Name", value=Path(source_name).stem, key=f"name_{copy.name[:8]}")
    shares = middle.select_slider(
        "Training share", options=[50, 60, 70, 80, 90], value=70, key="shares", disabled=roles.split is not None,
        help="Of the rest, a third becomes validation (to choose the best moment) and two thirds test (to judge).",
    )  # fmt: skip
    seed = right.number_input("Seed", 0, 2**31 - 1, 42, key="split_seed", help="Fixes which rows fall into which part.")
    rest = (100 - shares) / 100
    fractions = (shares / 100, round(rest / 3, 6), round(1 - shares / 100 - round(rest / 3, 6), 6))
    frame, notes = prepare(table, roles, fractions, int(seed))
    for warning in notes["warnings"]:
        st.warning(warning, icon=":material/info:")
    parts = frame["split"].value_counts()
    kind = roles.task or "single_label"
    summary = pd.DataFrame(
        {part: pd.Series(count_labels(kind, frame[frame["split"] == part]["label"], "")) for part in ("train", "validation", "test")
         if part in parts}
    ).fillna(0).astype(int)  # fmt: skip
    sizes = ", ".join(f"{int(parts[part]):,} {part}" for part in ("train", "validation", "test") if part in parts)
    st.markdown(f"**{len(frame):,} rows will be stored**: {sizes}.")
    if not roles.answered:
        st.caption("No label column: such a set can be scored on the Predict page, not trained on.")
    if roles.answered and kind != "regression" and len(summary) <= 30:
        st.dataframe(summary, key="parts_preview", height="content")
    if st.button("Store this data set", type="primary", icon=":material/save:", key="store"):
        with st.spinner("Storing …"):
            dataset, known = add_dataset(
                copy, name=name.strip() or None, source_name=source_name, fractions=fractions, seed=int(seed),
                delimiter=reading.delimiter, encoding=reading.encoding, sheet=reading.sheet, header=reading.header,
                guess=False, labels=roles.labels, ignore=roles.ignore, task=roles.task, separator=roles.separator,
                **roles.named(),
            )  # fmt: skip
        st.toast(f"Already stored as {dataset.name}." if known else f"Stored {dataset.name}.", icon=":material/check:")
        st.session_state["uploads_done"] = st.session_state.get("uploads_done", 0) + 1  # an empty uploader for the next
        st.session_state.pop("upload_copy", None)
        st.query_params["dataset"] = dataset.id
        st.rerun()
