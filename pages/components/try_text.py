"""Try a sentence and see all class probabilities."""

import streamlit as st

from core import charts
from core.data.store import get_dataset
from core.errors import GraftError
from core.runs.folder import Run
from pages.components.predictor import LOCK, load
from pages.components.words import STILL, plain, show_error

PLACEHOLDER = "Not what I expected after that trailer, and I mean it kindly."


def try_text(run: Run) -> None:
    """One text in, one probability for each class out."""
    with st.form("try", border=False):
        text = st.text_area("Your text", placeholder=PLACEHOLDER, key="try_text", height=110)
        pair = st.text_area("Second text", key="try_pair", height=80) if _wants_pair(run) else None
        asked = st.form_submit_button("Predict", type="primary", icon=":material/psychology:")
    if not asked:
        st.caption("Type a sentence of the kind that the model was trained on.")
        return
    if not text.strip():
        st.caption("There is no text yet.")
        return
    try:
        model = load(run)
        with LOCK:
            shares = model.predict([text.strip()], [pair.strip()] if pair is not None else None)[0]
    except GraftError as error:
        show_error(error)
        return
    best = int(shares.argmax())
    st.markdown(
        f"The model says **{plain(model.labels[best])}** and gives it a probability of **{100 * shares[best]:.1f} %**."
    )
    st.plotly_chart(charts.probabilities(model.labels, shares), key="try_chart", config=STILL)
    share = (run.result or {}).get("metrics", {}).get("accuracy")
    st.caption(
        "The model's own confidence, not a promise."
        + (f" On its test rows it was right in {100 * share:.0f} of 100 cases." if share is not None else "")
    )


def _wants_pair(run: Run) -> bool:
    try:
        return get_dataset(run.config.dataset).text_pair is not None
    except GraftError:
        return False
