"""Explore: what is in a set, the words that set its classes apart, a map of its texts, and search."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from pages.components.data.explore_map import map_view
from pages.components.data.explore_overview import overview
from pages.components.data.explore_search import search_view
from pages.components.shared import status
from pages.components.shared.errors import shown_errors

VIEWS = {"Overview": overview, "Map": map_view, "Search": search_view}

st.title("Explore", anchor=False)
if not status.dataset_names():
    st.markdown("There is nothing to explore yet. Store a data set, and this page shows what is in it.")
    with st.container(horizontal=True):
        if st.button("Add a data set", icon=":material/upload_file:", type="primary", key="to_data"):
            st.switch_page("pages/data.py")
        if st.button("Try the sample", icon=":material/play_arrow:", key="to_sample"):
            st.switch_page("pages/home.py")
else:
    dataset = status.pick_dataset("Data set", key="explore_pick")
    if dataset:
        with st.container(horizontal=True, vertical_alignment="center"):
            view = st.radio(
                "View", list(VIEWS), horizontal=True, key="view", label_visibility="collapsed",
                bind="query-params",
            )  # fmt: skip
            st.page_link(
                "pages/data.py",
                label="Its health and rows",
                icon=":material/table:",
                query_params={"dataset": dataset.id},
            )
        with shown_errors():
            VIEWS[str(view)](dataset)
