"""Search in a set: by the words that a text holds, or by what it means."""

import threading
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.sets.store import DataSet, get_dataset
from core.errors import GraftError
from core.explore.features import read_sentence
from core.explore.nearness import nearest
from core.explore.rows import rows_with_words
from pages.components.data.explore_rows import MOST, listed, mapped_rows
from pages.components.data.explore_waiting import choose_reader, features_or_wait
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain

NEAREST = 100
_one_at_a_time = threading.Lock()  # a loaded encoder is shared by all visitors


@st.cache_resource(max_entries=1, show_spinner="Loading the model …")
def _encoder(source: str) -> Any:
    from core.training.features import load_encoder

    return load_encoder(source)


@st.cache_data(max_entries=16, show_spinner="Searching …")
def _with_words(dataset_id: str, words: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    return rows_with_words(get_dataset(dataset_id), words, MOST)


@st.cache_data(max_entries=64, show_spinner="Reading your sentence …")
def _sentence(source: str, sentence: str) -> np.ndarray:
    with _one_at_a_time:
        return read_sentence(_encoder(source), source, sentence)


def search_view(dataset: DataSet) -> None:
    """What to look for, and what was found."""
    how = st.radio("Search", ["By words", "By meaning"], horizontal=True, key="search_how")
    if how == "By words":
        _by_words(dataset)
    else:
        _by_meaning(dataset)


def _by_words(dataset: DataSet) -> None:
    typed = st.text_input("Words", placeholder="all of these words, in any order", key="search_words")
    words = tuple(typed.split())
    if not words:
        st.caption(
            f"Looks through all {dataset.rows:,} texts. Upper and lower case are the same; a word may be part of a longer one."
        )
        return
    found, total = _with_words(dataset.id, words)
    if not total:
        st.markdown("No text holds all of these words. Try fewer, or search by meaning.")
        return
    listing = f" The first {len(found):,} are listed." if len(found) < total else ""
    st.caption(
        f"{total:,} of {dataset.rows:,} texts ({100 * total / dataset.rows:.1f} %) hold {_joined(words)}.{listing}"
    )
    listed(found, f"found_{hash((dataset.id, words))}")


def _by_meaning(dataset: DataSet) -> None:
    left, right = st.columns([2, 1])
    sentence = left.text_input("Sentence", placeholder="say it in your own words", key="search_sentence").strip()
    with right:
        source = choose_reader("search_source")
    frame, which = mapped_rows(dataset)
    features = features_or_wait(dataset, source, frame)
    if features is None:
        return
    if not sentence:
        st.caption(f"Finds the texts that the model reads as nearest to your sentence, whatever their words. {which}")
        return
    try:
        places, cosine = nearest(features, _sentence(source, sentence), NEAREST)
    except GraftError as error:
        show_error(error)
        return
    found = frame.iloc[places].assign(similarity=cosine)
    st.caption(
        f"The {len(found):,} nearest texts, nearest first. Similarity 1 means that the model sees no difference; what counts as "
        f"near depends on the model, so compare the numbers with each other. {which}"
    )
    listed(found, f"near_{hash((dataset.id, source, sentence))}")


def _joined(words: tuple[str, ...]) -> str:
    return " and ".join(f"“{plain(word)}”" for word in words)
