"""A run: live while it works, its result when it has finished."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.errors import RunError
from core.runs.folder import ACTIVE, Run, get_run, list_runs
from core.strategies.registry import STRATEGIES
from pages.components.results.folds import fold_card
from pages.components.results.live import live_view
from pages.components.results.result import result_view
from pages.components.results.run_actions import actions
from pages.components.shared import words
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.links import start_links
from pages.components.shared.states import badge


def chosen_run() -> Run | None:
    """The run that the link names, else the one under way, else the newest."""
    linked = st.query_params.get("run")
    if linked:
        try:
            return get_run(linked)
        except RunError as error:
            show_error(error)
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
    if not st.query_params.get("run"):
        st.title("Run", anchor=False)
        st.markdown("Nothing has run yet. Start one, and this page shows it live.")
    start_links()
else:
    st.query_params["run"] = run.id  # the address is then a link to this very run
    header(run)
    actions(run)
    views = (fold_card, result_view) if run.state == "finished" else (live_view, fold_card)
    for view in views:
        with shown_errors():
            view(run)
