"""Ways to other pages that several pages offer."""

import streamlit as st

from core.runs.folder import Run
from pages.components.shared.words import plain


def run_link(run: Run, label: str | None = None, icon: str = ":material/monitoring:") -> None:
    """A link that opens a run, also in another browser; its name unless there is another ``label``."""
    st.page_link("pages/results.py", label=plain(label or run.name), icon=icon, query_params={"run": run.id})


def start_links() -> None:
    """Where to go when nothing has run yet."""
    with st.container(horizontal=True):
        if st.button("Try the sample", icon=":material/play_arrow:", type="primary", key="to_sample"):
            st.switch_page("pages/home.py")
        if st.button("Start a run", icon=":material/psychiatry:", key="to_train"):
            st.switch_page("pages/train.py")
