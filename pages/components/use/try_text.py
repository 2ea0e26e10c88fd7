"""Try a sentence and see all class probabilities."""

from typing import Any

import streamlit as st

from core import charts
from core.data.sets.store import get_dataset
from core.errors import GraftError
from core.runs.folder import Run
from core.tasks import readable
from pages.components.shared.errors import show_error
from pages.components.shared.theme import STILL, show_chart
from pages.components.shared.words import answer, plain
from pages.components.use.predictor import LOCK, load

PLACEHOLDER = "Not what I expected after that trailer, and I mean it kindly."


def try_text(run: Run) -> None:
    """One text in; a class, labels or a score out, with the probabilities behind them."""
    with st.form("try", border=False):
        text = st.text_area("Your text", placeholder=PLACEHOLDER, key="try_text", height=110)
        pair = st.text_area("Second text", key="try_pair", height=80) if _wants_pair(run) else None
        sent = st.form_submit_button("Predict", type="primary", icon=":material/psychology:")
    if not sent:
        st.caption("Type a sentence of the kind that the model was trained on.")
        return
    if not text.strip():
        st.caption("There is no text yet.")
        return
    try:
        model = load(run)
        with LOCK:
            shares = model.predict([text.strip()], [pair.strip()] if pair is not None else None)
    except GraftError as error:
        show_error(error)
        return
    _show_answer(run, model, shares)


def _show_answer(run: Run, model: Any, outputs: Any) -> None:
    """What the model says of one text, (1, classes), (1, labels) or (1,)."""
    given = answer(model.answers(outputs)[0], model.task.kind)
    if model.task.kind == "regression":
        metrics = (run.result or {})["metrics"]
        st.markdown(f"The model gives **{plain(given)}** as {plain(model.labels[0])}.")
        st.caption(f"On its test rows such a score was off by {readable(metrics['mae'])} on average.")
        return
    shares = outputs[0]
    if model.task.kind == "multi_label":
        st.markdown("The model gives **no label**." if given == "no label" else f"The model gives **{plain(given)}**.")
        show_chart(charts.probabilities(model.labels, shares, model.thresholds), key="try_chart", config=STILL)
        st.caption("A label is given when its bar reaches its mark, the threshold that was chosen on validation rows.")
        return
    st.markdown(f"The model says **{plain(given)}** and gives it a probability of **{100 * shares.max():.1f} %**.")
    show_chart(charts.probabilities(model.labels, shares), key="try_chart", config=STILL)
    result = run.result or {}
    share = result.get("metrics", {}).get("accuracy")
    sentence = "The model's own confidence, not a promise."
    if share is not None:
        rows = f"{result['rows']:,} {result['split']} rows"
        sentence += f" On the {rows} it was right in {100 * share:.0f} of 100 cases, however sure it was."
    st.caption(sentence)


def _wants_pair(run: Run) -> bool:
    """Whether the run has learnt from pairs of texts."""
    try:
        return get_dataset(run.config.dataset).text_pair is not None
    except GraftError:
        return False
