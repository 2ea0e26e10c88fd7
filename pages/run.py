"""A run: live while it works, its result when it has finished."""

from collections.abc import Callable

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.errors import RunError
from core.runs.folder import ACTIVE, RESUMABLE, Run, get_run, list_runs
from core.strategies.registry import STRATEGIES
from pages.components.results.folds import fold_card
from pages.components.results.live import live_view
from pages.components.results.result import result_view
from pages.components.results.run_actions import actions
from pages.components.shared import words
from pages.components.shared.address import remember, tab_title, unknown
from pages.components.shared.cards import place_for
from pages.components.shared.errors import shown_errors
from pages.components.shared.links import start_links
from pages.components.shared.states import badge

STAGES = ("under way", "ended early", "finished")


def stage(state: str) -> str:
    """The stage of which the page shows the buttons and the view."""
    return "finished" if state == "finished" else "ended early" if state in RESUMABLE else "under way"


def chosen_run() -> Run | None:
    """The run that the link names, else the one under way, else the newest."""
    linked = st.query_params.get("run")
    if linked:
        try:
            return get_run(linked)
        except RunError:
            return None
    runs = list_runs()
    return next((run for run in runs if run.state in ACTIVE), runs[0] if runs else None)


def header(run: Run) -> None:
    """Name, state, and what is learnt from what."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(words.plain(run.name), anchor=False, width="content")
        badge(run.state)
    tags = f" · {', '.join(run.meta['tags'])}" if run.meta["tags"] else ""
    queued = f"queued {words.ago(run.meta['created'])} · run {run.id}{tags}"
    try:
        config = run.config
    except RunError:  # why stands below, where a damaged run says what is left to do
        st.caption(words.plain(queued))
        return
    strategy = STRATEGIES[config.strategy].title
    what = f"{strategy} of {words.source_name(config.model)} on {words.dataset_name(config.dataset)}"
    st.caption(words.plain(f"{what} · {queued}"))


run = chosen_run()
if run is None:
    st.title("Run", anchor=False)
    if linked := st.query_params.get("run"):
        unknown("run", linked, others=False)
    else:
        st.markdown("Nothing has run yet. Start one, and this page shows it live.")
        start_links()
else:
    st.query_params["run"] = run.id  # the address is then a link to this very run
    remember("run", run.id)
    tab_title("Run", run.name)
    state = run.state
    header(run)
    with place_for(stage(state), STAGES), shown_errors():
        actions(run, state)
    with place_for(stage(state), STAGES):
        if state == "finished":
            views: tuple[Callable[[], object], ...] = (lambda: fold_card(run), lambda: result_view(run))
        else:
            views = (lambda: live_view(run, state), lambda: fold_card(run))
        for view in views:
            with shown_errors():
                view()
