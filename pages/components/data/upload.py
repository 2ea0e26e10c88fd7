"""Upload: the file goes to disk at once, the guess is shown and corrected, then the set is stored."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core import workspace
from core.data.columns.labels import count_labels
from core.data.columns.roles import Roles
from core.data.reading.hub import is_hub_name
from core.data.reading.read import Table
from core.data.reading.readers import ENDINGS
from core.data.sets.add import add_dataset
from core.data.sets.preview import preview
from core.data.sets.store import DataSet
from core.errors import GraftError
from pages.components.data.reading import Reading, aside_view, read_file, reading_view, written_as
from pages.components.data.roles_form import role_of, roles_form
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain

PREVIEW = 8
LOCAL = ("localhost", "127.0.0.1", "::1")


def upload_view() -> None:
    """From a file to a stored set."""
    done = st.session_state.get("uploads_done", 0)
    file = st.file_uploader(
        "File", type=ENDINGS, key=f"upload_{done}" if done else "upload", max_upload_size=200,
        help="CSV, TSV, JSON, Parquet, Arrow, Excel, or a zip or tar with one folder a class; up to 200 MB. It stays on this machine.",
    )  # fmt: skip
    try:
        chosen = _elsewhere(done) if file is None else (_to_disk(file), file.name)
        if chosen is None:
            st.session_state.pop("upload_copy", None)
            return
        path, name = chosen
        st.session_state["upload_copy"] = str(path)
        stamp = hashlib.sha256(str(path).encode()).hexdigest()[:8]
        reading = reading_view(path, name, stamp)
        table = read_file(path, name, reading)
        roles = roles_form(table.frame)
        _preview(table, roles)
        _store(path, name, table, roles, reading, stamp)
    except GraftError as error:
        show_error(error)


def _elsewhere(done: int) -> tuple[Path, str] | None:
    """A file on this machine, of any size, or a set of the Hub; only for who sits at this machine."""
    if st.get_option("server.address") not in LOCAL:
        return None
    typed = st.text_input(
        "Or a path on this machine, or a Hub data set", key=f"elsewhere_{done}", placeholder="/data/reviews.csv or stanfordnlp/imdb",
        help="For files of more than 200 MB, which need not be copied; and for public data sets of the Hugging Face Hub.",
    ).strip()  # fmt: skip
    if not typed:
        return None
    if is_hub_name(typed):
        _store_hub(typed)
        return None
    return Path(typed).expanduser(), Path(typed).name


def _store_hub(name: str) -> None:
    if st.button(f"Fetch and store {plain(name)}", type="primary", icon=":material/cloud_download:", key="store_hub"):
        bar = st.progress(0.0, "Fetching …")
        dataset, known = add_dataset(name, progress=lambda share: bar.progress(share, "Fetching and storing …"))
        _stored(dataset, known)


def _to_disk(file: Any) -> Path:
    """A copy named by its content, so that it survives a reload and the same file is kept once."""
    content = file.getbuffer()
    path = workspace.folder("uploads") / hashlib.sha256(content).hexdigest()[:24]
    if not path.exists():
        workspace.write_bytes(path, content)
    return path


def _preview(table: Table, roles: Roles) -> None:
    shown = table.frame.head(PREVIEW).astype(str)
    named = {column: f"{column} → {role}" for column in shown.columns if (role := role_of(column, roles))}
    st.dataframe(shown.rename(columns=named), hide_index=True, key="upload_preview")
    rows = "A large file: its rows are counted when it is stored" if table.sampled else f"{len(table.frame):,} rows"
    st.caption(
        f"{rows}, {len(table.frame.columns)} columns ({plain(written_as(table))}). The first {len(shown)} are shown."
    )
    aside_view(
        pd.DataFrame([unread[:3] for unread in table.skipped], columns=["line", "reason", "content"]),
        len(table.skipped),
        "file",
    )


def _store(path: Path, source_name: str, table: Table, roles: Roles, reading: Reading, stamp: str) -> None:
    """How it would be split, what would be set aside, and the button that does it."""
    left, middle, right = st.columns(3)
    name = left.text_input("Name", value=Path(source_name).stem, key=f"name_{stamp}")
    shares = middle.select_slider(
        "Training share", options=[50, 60, 70, 80, 90], value=70, key="shares", disabled=roles.split is not None,
        help="Of the rest, a third becomes validation (to choose the best moment) and two thirds test (to judge).",
    )  # fmt: skip
    seed = right.number_input("Seed", 0, 2**31 - 1, 42, key="split_seed", help="Fixes which rows fall into which part.")
    rest = (100 - shares) / 100
    fractions = (shares / 100, round(rest / 3, 6), round(1 - shares / 100 - round(rest / 3, 6), 6))
    if table.sampled:
        for warning in table.warnings:
            st.warning(plain(warning), icon=":material/info:")
        st.markdown(
            f"**{table.size / 1e6:,.0f} MB will be read and stored**; what is shown above is a sample from all over the file."
        )
    else:
        _outcome(table, roles, fractions, int(seed))
    if not roles.answered:
        why = roles.reasons.get("no_label")
        st.markdown(
            f"**No label column{f': {plain(why)}' if why else ''}.** Such a set can be scored on the Use page, not trained on."
            + (" Choose what to learn above, if that is wrong." if why else "")
        )
    if st.button("Store this data set", type="primary", icon=":material/save:", key="store"):
        bar = st.progress(0.0, "Storing …")
        dataset, known = add_dataset(
            path, name=name.strip() or None, source_name=source_name, fractions=fractions, seed=int(seed), guess=False,
            progress=lambda share: bar.progress(share, f"Reading and storing … {share:.0%}"), **reading.how(),
            joined=roles.joined, labels=roles.labels, ignore=roles.ignore, task=roles.task, separator=roles.separator,
            decimal=roles.decimal, places=roles.places, **roles.named(),
        )  # fmt: skip
        _stored(dataset, known)


def _outcome(table: Table, roles: Roles, fractions: tuple[float, float, float], seed: int) -> None:
    """The parts as they would be stored."""
    outcome = preview(table, roles, fractions, seed)
    frame = outcome.frame
    for warning in outcome.warnings:
        st.warning(plain(warning), icon=":material/info:")
    parts = frame["split"].value_counts()
    kind = roles.task or "single_label"
    summary = pd.DataFrame(
        {part: pd.Series(count_labels(kind, frame[frame["split"] == part]["label"], "")) for part in ("train", "validation", "test")
         if part in parts}
    ).fillna(0).astype(int)  # fmt: skip
    sizes = ", ".join(f"{int(parts[part]):,} {part}" for part in ("train", "validation", "test") if part in parts)
    st.markdown(f"**{len(frame):,} rows will be stored**: {sizes}.")
    if roles.answered and kind != "regression" and len(summary) <= 30:
        st.dataframe(summary, key="parts_preview", height="content")


def _stored(dataset: DataSet, known: bool) -> None:
    name = plain(dataset.name)
    st.toast(f"Already stored as {name}." if known else f"Stored {name}.", icon=":material/check:")
    st.session_state["uploads_done"] = st.session_state.get("uploads_done", 0) + 1  # an empty uploader for the next
    st.session_state.pop("upload_copy", None)
    st.query_params.pop("add", None)
    st.query_params["dataset"] = dataset.id
    st.rerun()
