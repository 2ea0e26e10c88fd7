"""Score a file and download it with predictions added."""

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from core import workspace
from core.data.read import read_table
from core.errors import GraftError
from core.evaluation.predict import predict_table, text_columns
from core.runs.folder import Run
from pages.components.predictor import LOCK, load
from pages.components.upload import TYPES
from pages.components.words import show_error


def score_file(run: Run) -> None:
    """Upload, choose the text column, score with progress, download in the same order."""
    file = st.file_uploader(
        "File with texts", type=TYPES, key="predict_upload", max_upload_size=200,
        help="A table with a text column; no label is needed.",
    )  # fmt: skip
    if file is None:
        st.caption("Each row gets a predicted class, the confidence, and the probability of every class.")
        return
    content = file.getvalue()
    path = workspace.folder("uploads") / hashlib.sha256(content).hexdigest()[:24]
    if not path.exists():
        workspace.write_bytes(path, content)
    try:
        frame = _read(str(path), file.name)
        guess, pair = text_columns(run, frame)
        columns = [str(column) for column in frame.columns]
        text = st.selectbox("Text column", columns, index=columns.index(guess), key=f"text_column_{path.name}")
        st.caption(f"{len(frame):,} rows.")
        if st.button("Score this file", type="primary", icon=":material/play_arrow:", key="score_file"):
            st.session_state["scored"] = (run.id, path.name, _score(run, frame, str(text), pair))
    except GraftError as error:
        show_error(error)
        return
    scored = st.session_state.get("scored")
    if scored and scored[:2] == (run.id, path.name):
        _download(scored[2], Path(file.name).stem)


@st.cache_data(max_entries=2, show_spinner="Reading the file …")
def _read(path: str, name: str) -> pd.DataFrame:
    return read_table(Path(path), name=name).frame


def _score(run: Run, frame: pd.DataFrame, text: str, pair: str | None) -> pd.DataFrame:
    bar = st.progress(0.0, text="Loading the model …")
    model = load(run)

    def progress(done: int, total: int) -> None:
        bar.progress(done / max(1, total), text=f"{done:,} of {total:,} texts scored")

    with LOCK:
        scored = predict_table(model, frame, text, pair, progress)
    bar.empty()
    return scored


def _download(scored: pd.DataFrame, stem: str) -> None:
    counts = scored["prediction"].value_counts()
    st.markdown("Scored: " + ", ".join(f"**{count:,}** {label}" for label, count in counts.items()) + ".")
    st.dataframe(scored.head(200), hide_index=True, key="scored_rows")
    st.download_button(
        "Download with predictions (CSV)", scored.to_csv(index=False).encode("utf-8-sig"), f"{stem}-predictions.csv",
        "text/csv", on_click="ignore", icon=":material/download:", key="download_scored",
    )  # fmt: skip
