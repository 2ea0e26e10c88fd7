"""The menu and the frame around every page."""

from typing import Any

import streamlit as st

from core import libraries
from core.jobs.queue import active_runs, waiting_runs
from core.jobs.scheduler import ensure_scheduler
from pages.components.shared.words import plain

TITLES = {
    "home": ("Home", ":material/home:"),
    "data": ("Data", ":material/table:"),
    "explore": ("Explore", ":material/travel_explore:"),
    "train": ("Train", ":material/psychiatry:"),
    "run": ("Run", ":material/monitoring:"),
    "compare": ("Compare", ":material/compare_arrows:"),
    "predict": ("Predict", ":material/edit_note:"),
}

READING = ("data", "explore", "train", "predict")  # pages that read texts as a model does


def navigation() -> Any:
    """The menu; the page that was asked for comes back."""
    pages = [
        st.Page(f"pages/{name}.py", title=title, icon=icon, default=name == "home", url_path=name)
        for name, (title, icon) in TITLES.items()
    ]
    st.session_state["_routed"] = True
    return st.navigation(pages, position="top")


def ensure_routed() -> None:
    """First line of each page: after a cold start a deep link would otherwise show the page without its frame."""
    if not st.session_state.get("_routed"):
        navigation()
        st.rerun()


def frame(page: str) -> None:
    """What stands above every page: a scheduler for the workspace, and what is running."""
    st.session_state["_page"] = page
    ensure_scheduler()
    _running()
    if page in (TITLES[name][0] for name in READING) and not libraries.are_loaded():
        with st.spinner("Getting ready, once after each start …"):
            libraries.load()


@st.fragment(run_every=5)
def _running() -> None:
    active, waiting = active_runs(), len(waiting_runs())
    if not active and not waiting:
        return
    here = st.query_params.get("run") if st.session_state.get("_page") == "Run" else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for run in (each for each in active[:3] if each.id != here):  # its own page says it already
            status = run.status
            share = f"{100 * (status.get('progress') or 0):.0f} %"
            st.page_link(
                "pages/run.py", label=f"{plain(run.name)}: {status['state']}, {share}", icon=":material/progress_activity:",
                query_params={"run": run.id},
            )  # fmt: skip
        if waiting:
            st.caption(f"{waiting} run{'s' if waiting > 1 else ''} waiting")
