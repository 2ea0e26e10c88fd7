"""Features of texts for the map and the search: asked for, waited for, shown when they are there."""

import numpy as np
import pandas as pd
import streamlit as st

from core.data.sets.store import DataSet
from core.explore.background import Work
from core.explore.features import ask_features, try_again
from core.models.sources import list_sources
from pages.components.shared.errors import show_error


def choose_reader(key: str) -> str:
    """The source that reads the texts: the built-in one, finished runs, and what has been downloaded."""
    known = {each.key: each.title for each in list_sources() if each.available and each.at_hand}
    return str(
        st.selectbox(
            "Read by", list(known), format_func=lambda each: known[each], key=key,
            help="The model whose reading decides which texts are alike. A finished run sees what it was taught to see.",
        )
    )  # fmt: skip


def features_or_wait(dataset: DataSet, source: str, frame: pd.DataFrame) -> np.ndarray | None:
    """The features of these rows; None, with a progress bar or the error on the page, while there are none."""
    work = ask_features(dataset, source, frame)
    if work.error is not None:
        show_error(work.error)
        if st.button("Try again", icon=":material/refresh:", key="try_features"):
            try_again(dataset, source, frame)
            st.rerun()
    return result_or_wait(work, f"Reading {len(frame):,} texts")


def result_or_wait(work: Work, said: str) -> np.ndarray | None:
    """The result; None while it is computed (its progress is then on the page) or where it failed."""
    if not work.ended:
        _progress(work, said)
    return work.result


@st.fragment(run_every=1)
def _progress(work: Work, said: str) -> None:
    if work.ended:
        st.rerun()
    share = work.done / work.total if work.total else 0.0
    counted = f": {work.done:,} of {work.total:,}" if work.total else " …"
    st.progress(share, text=f"{said}{counted}")
    st.caption("This is done once and kept. You can look at the other views meanwhile.")
