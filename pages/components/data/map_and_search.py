"""A map of a set's texts, and the search among them."""

import streamlit as st

from core.data.sets.store import DataSet
from pages.components.data.explore_map import map_view
from pages.components.data.explore_search import search_view

VIEWS = {"Map": map_view, "Search": search_view}


def map_and_search(dataset: DataSet) -> None:
    """One of the two, named in the address."""
    view = st.radio("View", list(VIEWS), horizontal=True, key="view", label_visibility="collapsed", bind="query-params")
    VIEWS[str(view)](dataset)
