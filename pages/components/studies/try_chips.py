"""Texts to try at once: some of the test rows, a class each, and what the model says of them beside the truth."""

import pandas as pd
import streamlit as st

from core import charts
from core.errors import GraftError
from core.runs.folder import Run
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.theme import STILL, show_chart
from pages.components.shared.words import plain
from pages.components.use.predictor import LOCK, load

MOST, LONGEST = 8, 90  # chips, and letters of a text that still reads well on one


def try_chips(run: Run) -> None:
    """Chips with test texts; the chosen one is answered."""
    with shown_errors():
        result = run.result or {}
        if result.get("task") != "single_label" or result.get("split") != "test":
            return
        shown = pick_texts(run.read_predictions("test", ["row", "text", "label", "prediction"]))
        st.markdown("**Try it on a text that it has not learnt from**")
        chosen = st.pills("Texts", list(shown), key=f"chips_{run.id}", label_visibility="collapsed", format_func=plain)
        if chosen:
            _answer(run, chosen, shown[chosen])


def pick_texts(table: pd.DataFrame) -> dict[str, str]:
    """Text -> true class: short texts, a class each, one of them answered wrongly where there is one.

    Args:
        table: text, label, prediction of the test rows; the same rows are picked every time.
    """
    short = table[table["text"].str.len().between(12, LONGEST)].sort_values("row")
    wrong = short[short["label"] != short["prediction"]].head(1)
    right = short[short["label"] == short["prediction"]].drop_duplicates("label")
    picked = pd.concat([right[~right["label"].isin(wrong["label"])].head(MOST - len(wrong)), wrong])
    return dict(zip(picked["text"], picked["label"], strict=True))


def _answer(run: Run, text: str, truth: str) -> None:
    try:
        model = load(run)
        with LOCK:
            shares = model.predict([text])[0]
    except GraftError as error:
        show_error(error)
        return
    given = model.labels[int(shares.argmax())]
    icon = ":material/check:" if given == truth else ":material/close:"
    st.markdown(
        f"{icon} The model says **{plain(given)}**, with a probability of {100 * shares.max():.0f} %; the truth is **{plain(truth)}**."
    )
    show_chart(charts.probabilities(model.labels, shares), key=f"chip_chart_{run.id}", config=STILL)
