"""Try a text: what the model says of it, how sure that is, why, and what counting words would say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.data.sets.store import get_dataset
from core.errors import GraftError
from core.evaluation.answers import decide, written
from core.explain.sureness import how_often_right
from core.results.baseline_cache import counted_words_of
from core.runs.folder import Run, get_run
from core.tasks import readable
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.theme import STILL, show_chart
from pages.components.shared.words import answer, plain
from pages.components.use.chips import pick_texts
from pages.components.use.predictor import LOCK, load
from pages.components.use.unlike import unlike_line
from pages.components.use.why import why

ASKED = "_tried"  # what was asked last in this visit: run, text, second text


def try_text(run: Run) -> None:
    """One text in, typed or picked; a class, labels or a score out, with what stands behind it."""
    texts = _test_texts(run)
    _chips(run, texts)
    with st.form("try", border=False):
        text = st.text_area("Your text", placeholder=_placeholder(texts), key="try_text", height=100)
        pair = st.text_area("Second text", key="try_pair", height=80) if _wants_pair(run) else None
        if st.form_submit_button("Answer", type="primary", icon=":material/psychology:"):
            st.session_state[ASKED] = (run.id, text.strip(), pair.strip() if pair is not None else None)
    asked = st.session_state.get(ASKED)
    if not asked or asked[0] != run.id or not asked[1]:
        st.caption("Pick one of the texts above, or type one of the kind that the model was trained on.")
        return
    try:
        model = load(run)
        with LOCK:
            outputs = model.predict([asked[1]], [asked[2]] if asked[2] is not None else None)
    except GraftError as error:
        show_error(error)
        return
    truth = dict(zip(texts["text"], texts["label"], strict=True)).get(asked[1])
    left, right = st.columns(2)
    with left:
        _show_answer(run, model, outputs, truth)
        with shown_errors():
            _counted_words(run, model, asked[1])
        with shown_errors():
            unlike_line(run, asked[1], asked[2])
    with right, shown_errors():
        why(run, model, asked[1], asked[2], outputs)


def _chips(run: Run, texts: pd.DataFrame) -> None:
    """Judged texts to be asked by a click; a text of pairs brings its second text along."""
    picked = pick_texts(texts)
    if not len(picked):
        return

    def ask() -> None:
        chosen = st.session_state.get(f"try_chips_{run.id}")
        if chosen in set(picked["text"]):
            row = picked[picked["text"] == chosen].iloc[0]
            st.session_state["try_text"] = chosen
            st.session_state["try_pair"] = row.get("text_pair", "")
            st.session_state[ASKED] = (run.id, chosen, row.get("text_pair"))

    st.pills(
        "Texts that it has not learnt from" if (run.result or {}).get("split") == "test" else "Texts that it was judged by",
        picked["text"].tolist(), key=f"try_chips_{run.id}", format_func=plain, on_change=ask,
    )  # fmt: skip


def _placeholder(texts: pd.DataFrame) -> str:
    """A text of this run's own kind."""
    short = texts[texts["text"].str.len().between(15, 160)]
    return str(short["text"].iloc[0]) if len(short) else "A text of the kind that the model was trained on"


@st.cache_data(max_entries=8, show_spinner=False)
def _read(run_id: str, part: str, changed: float) -> pd.DataFrame:
    table = get_run(run_id).read_predictions(part)
    kept = ("row", "text", "text_pair", "label", "prediction", "confidence", "correct", "error")
    return table[[name for name in kept if name in table]]


def _test_texts(run: Run) -> pd.DataFrame:
    """The judged rows; none where they cannot be read, for a text can be asked all the same."""
    part = str((run.result or {}).get("split", "test"))
    path = run.predictions(part)
    try:
        return _read(run.id, part, path.stat().st_mtime if path.exists() else 0.0)
    except GraftError:
        return pd.DataFrame({"row": [], "text": pd.Series([], dtype=str), "label": [], "prediction": []})


def _show_answer(run: Run, model: Any, outputs: np.ndarray, truth: Any) -> None:
    """What the model says of one text, (1, classes), (1, labels) or (1,)."""
    given = answer(model.answers(outputs)[0], model.task.kind)
    known = "" if truth is None else f" The truth is **{plain(answer(truth, model.task.kind))}**."
    if model.task.kind == "regression":
        st.markdown(f"The model gives **{plain(given)}** as {plain(model.labels[0])}.{known}")
        st.caption(
            f"On its test rows such a score was off by {readable((run.result or {})['metrics']['mae'])} on average."
        )
        return
    shares = outputs[0]
    if model.task.kind == "multi_label":
        said = "The model gives **no label**." if given == "no label" else f"The model gives **{plain(given)}**."
        st.markdown(said + known)
        show_chart(charts.probabilities(model.labels, shares, model.thresholds), key="try_chart", config=STILL)
        st.caption("A label is given when its bar reaches its mark, the threshold that was chosen on validation rows.")
        return
    st.markdown(f"The model says **{plain(given)}**.{known}")
    show_chart(charts.probabilities(model.labels, shares), key="try_chart", config=STILL)
    st.caption(_sureness(run, float(shares.max())))


def _sureness(run: Run, at: float) -> str:
    """What such a probability has been worth so far."""
    table = _test_texts(run)
    told = None
    if {"confidence", "correct"} <= set(table):
        told = how_often_right(table["confidence"].to_numpy(), table["correct"].to_numpy(), at)
    if told is None:
        return (
            f"The model gives it {100 * at:.0f} %; too few rows were judged to say how often such an answer is right."
        )
    return f"The model gives it {100 * at:.0f} %. {told.sentence}"


def _counted_words(run: Run, model: Any, text: str) -> None:
    """What the baseline says of the same text."""
    if _wants_pair(run) or not run.config.source:  # whoever counts words needs no second opinion of its own
        return
    try:
        outputs = np.asarray(_words_of(run.id, run.config.dataset)([text]))
    except GraftError as error:
        st.caption(f"Counted words cannot be asked: {plain(error.message)}")
        return
    thresholds = np.full(len(model.labels), 0.5) if model.task.kind == "multi_label" else None
    said = answer(written(model.task, decide(model.task, outputs, thresholds), model.labels)[0], model.task.kind)
    sure = f", with {100 * outputs[0].max():.0f} %" if model.task.kind == "single_label" else ""
    st.caption(f"Counting words alone (TF-IDF, learnt from the same rows) says **{plain(said)}**{sure}.")


@st.cache_resource(max_entries=4, show_spinner="Counting the words of the training rows …")
def _words_of(run_id: str, dataset: str) -> Callable[[list[str]], np.ndarray]:
    return counted_words_of(get_run(run_id).config)


def _wants_pair(run: Run) -> bool:
    """Whether the run has learnt from pairs of texts."""
    try:
        return get_dataset(run.config.dataset).text_pair is not None
    except GraftError:
        return False
