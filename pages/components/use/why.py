"""Why the model answers so: its words shaded by their pull, and the answer again without one of them."""

import html
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import GraftError
from core.explain.attribution import explain, without
from core.explain.explained import Explained
from core.explain.words import Word
from core.runs.folder import Run
from pages.components.shared.words import answer, plain
from pages.components.use.predictor import LOCK

GREEN, ORANGE = "63, 149, 100", "213, 94, 0"
STRONGEST = 0.55  # opacity of the word that pulls most; writing on it keeps 4.5 : 1
OFFERED = 10  # words that can be left out by a click


def why(run: Run, model: Any, text: str, pair: str | None, outputs: np.ndarray) -> None:
    """The shaded text, the words to leave out, and the weights in a table."""
    st.markdown("**Why**")
    target = _target(model, outputs)
    try:
        with LOCK:
            told = explain(model, text, pair, target)
    except GraftError as error:
        st.caption(plain(f"{error.message} {error.hint}"))
        return
    most = max((abs(word.weight) for word in (*told.words, *told.second)), default=0.0) or 1.0
    for words, whole in ((told.words, text), (told.second, pair)):
        if words and whole:
            st.html(shaded(whole, words, most))
    about = "a higher score" if model.task.kind == "regression" else plain(told.target)
    how = (
        "Exact: with what every text gets, they add up to the answer."
        if told.exact
        else "An approximation (integrated gradients): words act together."
    )
    st.caption(
        f"Green words pulled towards {about}, orange ones away from it; the stronger the colour, the more. {how} "
        f"{plain(told.note)}"
    )
    _leave_out(model, told, text, pair, outputs)
    with st.expander("The pull of each word"):
        table = pd.DataFrame(
            [(word.text, word.weight) for word in (*told.words, *told.second)], columns=["Word", "Pull"]
        )
        st.dataframe(
            table, hide_index=True, key="pulls",
            column_config={"Pull": st.column_config.NumberColumn(format="%.2f", help="In log-odds, or in units of the score.")},
        )  # fmt: skip


def shaded(text: str, words: tuple[Word, ...], most: float) -> str:
    """The text as HTML that holds nothing of its own: every letter of it is escaped.

    Args:
        most: the pull that gets the strongest colour.
    """
    parts, done = [], 0
    for word in words:
        color, share = (GREEN if word.weight > 0 else ORANGE), STRONGEST * min(1.0, abs(word.weight) / most)
        style = f"background: rgba({color}, {share:.2f}); border-radius: 3px; padding: 0 1px;"
        parts.append(html.escape(text[done : word.start]))
        inside = html.escape(text[word.start : word.end])
        parts.append(f'<span style="{style}" title="{word.weight:+.2f}">{inside}</span>' if word.read else inside)
        done = word.end
    parts.append(html.escape(text[done:]))
    return (
        f'<p dir="auto" style="line-height: 1.9; white-space: pre-wrap; overflow-wrap: anywhere;">{"".join(parts)}</p>'
    )


def _target(model: Any, outputs: np.ndarray) -> str | None:
    """The class that was answered; of several labels the likeliest."""
    return None if model.task.kind == "regression" else str(model.labels[int(np.argmax(outputs[0]))])


def _leave_out(model: Any, told: Explained, text: str, pair: str | None, outputs: np.ndarray) -> None:
    """The words that pulled most, in the order of the text; one that is clicked is left out and the model asked again."""
    strong = sorted(sorted(told.words, key=lambda word: -abs(word.weight))[:OFFERED], key=lambda word: word.start)
    if len(told.words) < 2:
        return
    chosen = st.pills(
        "The answer without a word", [word.start for word in strong], key=f"without_{hash((text, pair))}",
        format_func={word.start: plain(word.text) for word in strong}.__getitem__,
    )  # fmt: skip
    if chosen is None:
        return
    word = next(word for word in strong if word.start == chosen)
    with LOCK:
        again = model.predict([without(text, word)], None if pair is None else [pair])
    now, before = (answer(model.answers(each)[0], model.task.kind) for each in (again, outputs))
    if model.task.kind == "regression":
        st.markdown(f"Without “{plain(word.text)}” the model gives **{plain(now)}** instead of {plain(before)}.")
        return
    which = int(np.argmax(outputs[0]))
    share = f"{plain(str(model.labels[which]))} gets {100 * again[0][which]:.0f} % instead of {100 * outputs[0][which]:.0f} %"
    turned = f"it says **{plain(now)}**" if now != before else f"it still says **{plain(now)}**"
    st.markdown(f"Without “{plain(word.text)}” {turned}; {share}.")
