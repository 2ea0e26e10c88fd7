"""Score a file and take it away with predictions added, in the format in which it came."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from core import workspace
from core.data.reading.read import Table, read_table
from core.data.reading.readers import ENDINGS
from core.errors import GraftError
from core.explain.training_texts import with_unlike
from core.results.answer_tables import MIME, ending_of, fits_workbook, table_bytes
from core.results.predict import Scored, score_table
from core.results.scored_files import ScoredFile, delete_scored, keep_scored, list_scored, read_scored
from core.results.text_columns import TextColumns, text_columns
from core.runs.folder import Run
from core.tasks import readable, split_labels
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.status import dataset_names, offered
from pages.components.shared.words import ago, plain
from pages.components.use.predictor import LOCK, load
from pages.components.use.unlike import training_features

SHOWN = 200  # rows of a scored table on the page


def score_file(run: Run) -> None:
    """Upload (or take a stored set), choose the text column, score with progress; what was scored stays with the run."""
    try:
        given = _stored() or _uploaded()
        if given is not None:
            _ask(run, *given)
        else:
            st.caption("Each row gets a predicted class, the confidence, and the probability of every class.")
    except GraftError as error:
        show_error(error)
    with shown_errors():
        _kept_files(run)


def _ask(run: Run, mark: str, name: str, table: Table) -> None:
    """Which column is read, how many rows, and the button."""
    columns = _columns(run, table.frame, mark)
    unread = sum(row.before is not None for row in table.skipped)
    st.caption(f"{len(table.frame) + unread:,} rows" + (f", {unread:,} of them not readable." if unread else "."))
    unlike = bool(run.config.source) and st.toggle(
        "Say which rows are unlike the training texts", key="say_unlike",
        help="A further column, unlike_training: the share of the training texts that lie nearer to each other than this row does to "
        "them; from 0.95 on trust the answer less. Each text is read once more, by the source.",
    )  # fmt: skip
    features = training_features(run) if unlike else None
    if unlike and features is None:
        return  # the training texts are being read; the page goes on by itself
    if st.button(
        "Score this file", type="primary", icon=":material/play_arrow:", key="score_file", disabled=columns is None
    ):
        scored = _score(run, table, columns)  # type: ignore[arg-type]
        if features is not None:
            with st.spinner("Comparing with the training texts …"):
                scored = replace(scored, frame=with_unlike(run, features, scored.frame, scored.columns))
        keep_scored(run, mark, Path(name).stem, ending_of(name, table.format), scored)
        st.query_params["scored"] = mark


def _kept_files(run: Run) -> None:
    """What was scored with this model: the one that the address names open, the others to be opened or deleted."""
    kept = list_scored(run)
    if not kept:
        return
    asked = st.query_params.get("scored")
    shown = next((card for card in kept if card.mark == asked), None)
    if shown:
        _show(run, shown)
    others = [card for card in kept if card is not shown]
    if others:
        with st.expander(f"Scored before ({len(others)})", expanded=shown is None, icon=":material/history:"):
            for card in others:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(
                        f"{plain(card.name + card.ending)} · {card.rows:,} rows · {ago(card.scored_at)}",
                        width="stretch",
                    )
                    if st.button("Open", key=f"open_{card.mark}", icon=":material/open_in_new:"):
                        st.query_params["scored"] = card.mark
                        st.rerun()
                    _delete(run, card)


def _delete(run: Run, card: ScoredFile) -> None:
    if st.button("Delete", key=f"delete_{card.mark}", icon=":material/delete:", type="tertiary"):
        delete_scored(run, card.mark)
        if st.query_params.get("scored") == card.mark:
            st.query_params.pop("scored")
        st.rerun()


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
    """A file of the visitor's: a mark of its content, its name, and its rows."""
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
    return path.name, file.name, _read(str(path), file.name)


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


def _show(run: Run, card: ScoredFile) -> None:
    """What came out in a sentence, the first rows, and the file to take away in the format in which it came."""
    scored = read_scored(run, card.mark)
    st.markdown(f"**{plain(card.name + card.ending)}** · {_summary(scored['prediction'].dropna())}")
    for note in card.notes:
        st.warning(note.replace("$", "\\$"), icon=":material/info:")
    if "confidence" in scored and st.toggle(
        "Least sure first", key=f"unsure_{card.mark}", help="What to look at by hand; the download has the same order."
    ):
        scored = scored.sort_values("confidence", kind="stable", na_position="first")
    shares = {name: st.column_config.NumberColumn(format="%.3f") for name in scored.columns if name.startswith("p.")}
    st.dataframe(
        _answers_first(scored.head(SHOWN)), hide_index=True, key="scored_rows",
        column_config={"confidence": st.column_config.NumberColumn(format="%.3f"), **shares},
    )  # fmt: skip
    if "confidence" in scored:
        st.caption(
            "Confidence: how sure the model is of its answer, 0 to 1. Columns p.…: the probability of each class."
        )
    if len(scored) > SHOWN:
        st.caption(f"The first {SHOWN} rows are shown; the download has all {len(scored):,}.")
    ending = card.ending if card.ending != ".xlsx" or fits_workbook(scored) else ".csv"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            f"Download with predictions ({ending[1:].upper()})", lambda: table_bytes(scored, ending), f"{card.name}-predictions{ending}",
            MIME[ending], on_click="ignore", icon=":material/download:", key="download_scored",
        )  # fmt: skip
        _delete(run, card)
    if ending == ".csv":
        st.caption(
            "A text that begins with = + - or @ gets an apostrophe in front, so that a spreadsheet does not run it as a formula."
        )


def _answers_first(frame: pd.DataFrame) -> pd.DataFrame:
    """On the page the answers stand in front; the file keeps its own columns first."""
    front = [name for name in ("prediction", "confidence") if name in frame]
    return frame[[*front, *(name for name in frame.columns if name not in front)]]
