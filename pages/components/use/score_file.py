"""Score a file and download it with predictions added."""

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from core import workspace
from core.data.reading.read import Table, read_table
from core.data.reading.readers import ENDINGS
from core.errors import GraftError
from core.results.predict import Scored, score_table
from core.results.text_columns import TextColumns, text_columns
from core.runs.folder import Run
from core.tasks import readable, split_labels
from pages.components.shared.download import download_csv
from pages.components.shared.errors import show_error
from pages.components.shared.status import dataset_names, offered
from pages.components.shared.words import plain
from pages.components.use.predictor import LOCK, load

SHOWN = 200  # rows of a scored table on the page


def score_file(run: Run) -> None:
    """Upload (or take a stored set), choose the text column, score with progress, download in the same order."""
    try:
        given = _stored() or _uploaded()
        if given is None:
            st.caption("Each row gets a predicted class, the confidence, and the probability of every class.")
            return
        mark, name, table = given
        columns = _columns(run, table.frame, mark)
        unread = sum(row.before is not None for row in table.skipped)
        st.caption(f"{len(table.frame) + unread:,} rows" + (f", {unread:,} of them not readable." if unread else "."))
        ready = columns is not None
        if st.button(
            "Score this file", type="primary", icon=":material/play_arrow:", key="score_file", disabled=not ready
        ):
            st.session_state["scored"] = (run.id, mark, _score(run, table, columns))  # type: ignore[arg-type]
    except GraftError as error:
        show_error(error)
        return
    scored = st.session_state.get("scored")
    if scored and scored[:2] == (run.id, mark):
        _download(scored[2], name)


def _columns(run: Run, frame: pd.DataFrame, mark: str) -> TextColumns | None:
    """The columns to score, as guessed and corrected; None where several would do and none is chosen yet."""
    is_stored = mark in dataset_names()
    guess = text_columns(run, frame, ("text",) if is_stored else ())
    unclear = len(guess.candidates) > len(guess.texts)  # several fit: that is the user's to say
    picked = st.multiselect(
        "Text columns", [str(column) for column in frame.columns], default=[] if unclear else list(guess.texts),
        key=f"text_column_{mark}", placeholder="Choose the column with the texts",
        help="What the run reads. Several columns are joined to one text, in the order in which they are chosen.",
    )  # fmt: skip
    if guess.note and (unclear or tuple(picked) == guess.texts):
        said = guess.note.replace("$", "\\$")
        st.warning(f"{said} Choose the column to read." if unclear and not picked else said, icon=":material/help:")
    return text_columns(run, frame, tuple(picked)) if picked else None


def _stored() -> tuple[str, str, Table] | None:
    """A data set that is stored already, also one without labels: its id, name and rows."""
    known = dataset_names()
    linked = st.query_params.get("score")
    ids = offered(known, (linked,))
    chosen = st.selectbox(
        "Stored data set", ids, index=ids.index(linked) if linked in known else None, key="predict_stored",
        format_func=lambda key: f"{known[key].name} · {known[key].rows:,} rows", placeholder="or upload a file below",
    )  # fmt: skip
    if chosen is None:
        return None
    frame = known[chosen].frame().drop(columns=["row", "split"], errors="ignore")
    return chosen, known[chosen].name, Table(frame, "stored")


def _uploaded() -> tuple[str, str, Table] | None:
    """A file of the visitor's: a mark of its content, its name without ending, and its rows."""
    file = st.file_uploader(
        "File with texts", type=ENDINGS, key="predict_upload", max_upload_size=200,
        help="A table with a text column; no label is needed.",
    )  # fmt: skip
    if file is None:
        return None
    content = file.getvalue()
    path = workspace.folder("uploads") / hashlib.sha256(content).hexdigest()[:24]
    if not path.exists():
        workspace.write_bytes(path, content)
    return path.name, Path(file.name).stem, _read(str(path), file.name)


@st.cache_data(max_entries=2, show_spinner="Reading the file …")
def _read(path: str, name: str) -> Table:
    return read_table(Path(path), name=name)


def _score(run: Run, table: Table, columns: TextColumns) -> Scored:
    """The table with predictions added; a bar moves meanwhile."""
    bar = st.progress(0.0, text="Loading the model …")
    model = load(run)

    def progress(done: int, total: int) -> None:
        bar.progress(done / max(1, total), text=f"{done:,} of {total:,} texts scored")

    with LOCK:
        scored = score_table(model, table, columns, progress)
    bar.empty()
    return scored


def _summary(predictions: pd.Series) -> str:
    """What was predicted, in a sentence: the mean of scores, or how often each class or label came."""
    if pd.api.types.is_numeric_dtype(predictions):
        return f"Scored {len(predictions):,} rows: **{readable(predictions.mean())}** on average."
    counts = predictions.map(split_labels).explode().fillna("no label").value_counts()
    more = f" and {len(counts) - 12} more" if len(counts) > 12 else ""
    return (
        "Scored: "
        + ", ".join(f"**{count:,}** {plain(str(label))}" for label, count in counts.head(12).items())
        + f"{more}."
    )


def _download(outcome: Scored, stem: str) -> None:
    """What came out in a sentence, the first rows, and the file to take away, named after ``stem``."""
    scored = outcome.frame
    for note in outcome.notes:
        st.warning(note.replace("$", "\\$"), icon=":material/info:")
    st.markdown(_summary(scored["prediction"].dropna()))
    shares = {name: st.column_config.NumberColumn(format="%.3f") for name in scored.columns if name.startswith("p.")}
    st.dataframe(
        scored.head(SHOWN), hide_index=True, key="scored_rows",
        column_config={"confidence": st.column_config.NumberColumn(format="%.3f"), **shares},
    )  # fmt: skip
    if "confidence" in scored:
        st.caption(
            "Confidence: how sure the model is of its answer, 0 to 1. Columns p.…: the probability of each class."
        )
    if len(scored) > SHOWN:
        st.caption(f"The first {SHOWN} rows are shown; the download has all {len(scored):,}, in the order of the file.")
    download_csv(scored, "Download with predictions (CSV)", f"{stem}-predictions.csv", "download_scored")
