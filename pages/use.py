"""Use: pick a finished model, score a file, use it from the command line or from code."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.errors import RunError
from core.runs.folder import Run, get_run
from pages.components.results.run_view import what_it_does
from pages.components.shared import status, words
from pages.components.shared.address import remember, tab_title, unknown
from pages.components.shared.errors import shown_errors
from pages.components.shared.links import run_link, start_links
from pages.components.use.use_it import use_it


def pick_run(runs: list[Run]) -> Run | None:
    """A finished run, named in the link (``?run=``), those of one data set together; None while the link names another one."""
    sets = list(dict.fromkeys(run.config.dataset for run in runs))  # the set that was used last comes first
    known = {run.id: run for run in sorted(runs, key=lambda run: sets.index(run.config.dataset))}
    linked = st.query_params.get("run")
    if linked and linked not in known:
        _why_not(linked)
    elif linked and linked != st.session_state.get("_use_run"):
        st.session_state["use_run"] = linked  # the link is new: the box follows it
    lost = bool(linked) and linked not in known
    chosen = st.selectbox(
        "Model", list(known), index=None if lost else 0, key="use_run_instead" if lost else "use_run",
        format_func=lambda run_id: _titled(known[run_id]),
        placeholder="Choose a finished run",
    )  # fmt: skip
    if chosen is None:
        return None
    st.query_params["run"] = chosen
    if lost:
        st.rerun()
    st.session_state["_use_run"] = chosen
    remember("run", chosen)
    tab_title("Use", known[chosen].name)
    return known[chosen]


def _titled(run: Run) -> str:
    return f"{words.dataset_name(run.config.dataset)} · {run.name} · {words.headline(run.result or {})}"


def _why_not(linked: str) -> None:
    """Why the run of the address cannot predict: nothing is opened in its place before it is chosen."""
    try:
        run = get_run(linked)
    except RunError:
        unknown("run", linked)
        return
    st.info(
        f"{words.plain(run.name)} is {run.state} and has no model yet. Choose a finished run below.",
        icon=":material/info:",
    )
    run_link(run)


st.title("Use", anchor=False)
runs = status.finished_runs()
if not runs:
    st.markdown("No run has finished yet. When one has, you can score your files with its model here.")
    start_links()
else:
    run = pick_run(runs)
    if run is None:
        st.stop()
    if does := what_it_does(run):
        st.markdown(does)
    run_link(run, "Its result: scores, mistakes, texts to try")
    with shown_errors():
        use_it(run)
