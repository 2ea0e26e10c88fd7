"""Texts to try at once at the end of a ladder: some of the test rows, and what the model says of them beside the truth."""

import streamlit as st

from core import charts
from core.errors import GraftError
from core.runs.folder import Run
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.theme import STILL, show_chart
from pages.components.shared.words import plain
from pages.components.use.chips import pick_texts
from pages.components.use.predictor import LOCK, load
from pages.components.use.why import why


def try_chips(run: Run) -> None:
    """Chips with test texts; the chosen one is answered, with the words that pulled the answer."""
    with shown_errors():
        result = run.result or {}
        if result.get("task") != "single_label" or result.get("split") != "test":
            return
        shown = pick_texts(run.read_predictions("test", ["row", "text", "label", "prediction"]))
        truths = dict(zip(shown["text"], shown["label"], strict=True))
        st.markdown("**Try it on a text that it has not learnt from**")
        chosen = st.pills("Texts", list(truths), key=f"chips_{run.id}", label_visibility="collapsed", format_func=plain)
        if chosen:
            _answer(run, chosen, truths[chosen])


def _answer(run: Run, text: str, truth: str) -> None:
    try:
        model = load(run)
        with LOCK:
            outputs = model.predict([text])
    except GraftError as error:
        show_error(error)
        return
    shares = outputs[0]
    given = model.labels[int(shares.argmax())]
    icon = ":material/check:" if given == truth else ":material/close:"
    left, right = st.columns(2)
    with left:
        st.markdown(
            f"{icon} The model says **{plain(given)}**, with a probability of {100 * shares.max():.0f} %; the truth is **{plain(truth)}**."
        )
        show_chart(charts.probabilities(model.labels, shares), key=f"chip_chart_{run.id}", config=STILL)
    with right, shown_errors():
        why(run, model, text, None, outputs)
