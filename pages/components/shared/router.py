"""The menu and the frame around every page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core import libraries
from core.config import PRESETS, settings
from core.jobs.queue import active_runs, waiting_runs
from core.jobs.scheduler import ensure_scheduler
from pages.components.shared.address import keep_address, keep_form, tab_title
from pages.components.shared.errors import shown_errors
from pages.components.shared.former import FORMER
from pages.components.shared.theme import mark_focus
from pages.components.shared.words import plain

RUNNING_EVERY = 5  # seconds between two looks at what runs
LEAF = Path(__file__).parent / "leaf.png"
SHOWN = 3  # runs under way that have a line above every page


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the menu; its file is ``pages/<name>.py`` and its address ``/<name>``.

    Attributes:
        icon: one of the Material symbols, as Streamlit writes it.
        reads_texts: whether it reads texts as a model does, so that the large libraries have to be there.
    """

    name: str
    title: str
    icon: str
    reads_texts: bool = False


PAGES = (  # the first is the one that opens
    Page("home", "Home", ":material/home:"),
    Page("data", "Data", ":material/table:", reads_texts=True),
    Page("train", "Train", ":material/psychiatry:", reads_texts=True),
    Page("results", "Results", ":material/monitoring:"),
    Page("use", "Use", ":material/edit_note:", reads_texts=True),
)


def navigation() -> Any:
    """The page config and the menu; the page that was asked for comes back.

    The icon is told first, wherever a script begins: without one the browser would fetch the page's Material icon from a
    font server.
    """
    st.set_page_config(page_title="Graft", page_icon=str(LEAF), layout="wide")
    entries = [
        st.Page(f"pages/{page.name}.py", title=page.title, icon=page.icon, default=page is PAGES[0], url_path=page.name)
        for page in PAGES
    ]
    # files, not functions: after a cold start Streamlit knows the folder of pages alone, and would call the others unknown
    entries += [st.Page(f"pages/{name}.py", title=name.title(), url_path=name, visibility="hidden") for name in FORMER]
    st.session_state["_routed"] = True
    return st.navigation(entries, position="top")


def ensure_routed() -> None:
    """First line of each page: after a cold start a deep link would otherwise show the page without its frame.

    What was chosen on other pages is carried along.
    """
    if not st.session_state.get("_routed"):
        navigation()
        st.rerun()
    keep_address()
    keep_form(settings(), PRESETS)


def frame(title: str) -> None:
    """What stands above the page of this title: a scheduler for the workspace, and what is running."""
    page = next((page for page in PAGES if page.title == title), None)
    if page is None:  # a former address, which leads on at once
        return
    st.session_state["_page"] = page.name
    tab_title("" if page is PAGES[0] else page.title)
    mark_focus()
    ensure_scheduler()
    _running()
    if page.reads_texts and not libraries.are_loaded():
        with st.spinner("Getting ready, once after each start …"):
            libraries.load()


@st.fragment(run_every=RUNNING_EVERY)
def _running() -> None:
    """A line for each run under way, except on its own page, which says it already."""
    with shown_errors():
        _running_lines()


def _running_lines() -> None:
    active, waiting = active_runs(), len(waiting_runs())
    if not active and not waiting:
        return
    own = st.query_params.get("run") if st.session_state.get("_page") == "results" else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for run in active[:SHOWN]:
            if run.id == own:
                continue
            status = run.status
            share = f"{100 * (status.get('progress') or 0):.0f} %"
            st.page_link(
                "pages/results.py", label=f"{plain(run.name)}: {status['state']}, {share}", icon=":material/progress_activity:",
                query_params={"run": run.id},
            )  # fmt: skip
        if waiting:
            st.caption(f"{waiting} run{'s' if waiting > 1 else ''} waiting")
