"""A plain warning where a text is unlike anything that the model has learnt from."""

import numpy as np
import streamlit as st

from core.errors import GraftError
from core.explain.novelty import UNLIKE
from core.explain.training_texts import ask_known, how_unlike
from core.runs.folder import Run, get_run
from pages.components.data.explore_waiting import result_or_wait
from pages.components.shared.words import plain


def unlike_line(run: Run, text: str, pair: str | None) -> None:
    """The warning for one text; nothing where it is like the others, or while nobody can tell."""
    if not run.config.source:
        return  # nothing reads the texts, so nothing says how near they are
    try:
        features = training_features(run)
        share = None if features is None else _share(run.id, features, text, pair)
    except GraftError as error:
        st.caption(plain(f"Whether this text is like the training texts cannot be told: {error.message}"))
        return
    if share is not None and share >= UNLIKE:
        st.warning(
            f"This text is unlike what the model has learnt from: less like the training texts than {100 * share:.0f} of 100 of them are "
            "to each other. Trust the answer less.",
            icon=":material/travel_explore:",
        )


def training_features(run: Run) -> np.ndarray | None:
    """Features of the training rows; None, with a progress bar on the page, while they are read for the first time.

    Raises:
        GraftError: when the set was deleted, or the source cannot be had.
    """
    work = ask_known(run)
    if work.error is not None:
        raise work.error
    return result_or_wait(work, "Reading the training texts, once")


@st.cache_data(max_entries=256, show_spinner=False)
def _share(run_id: str, _features: np.ndarray, text: str, pair: str | None) -> float | None:
    told = how_unlike(get_run(run_id), _features, [text], None if pair is None else [pair])
    return None if told is None else float(told[0])
