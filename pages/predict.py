"""Predict: try a sentence, score a file, look at the test rows and the mistakes."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.errors import RunError
from core.runs.folder import Run, get_run
from pages.components.results.test_rows import test_rows
from pages.components.shared import status, words
from pages.components.shared.address import remember, tab_title, unknown
from pages.components.shared.errors import shown_errors
from pages.components.shared.links import run_link, start_links
from pages.components.use.score_file import score_file
from pages.components.use.try_text import try_text


def pick_run(runs: list[Run]) -> Run | None:
    """A finished run, named in the link (``?run=``); None while the link names another one."""
    known = {run.id: run for run in runs}
    linked = st.query_params.get("run")
    if linked and linked not in known:
        _why_not(linked)
    elif linked and linked != st.session_state.get("_predict_run"):
        st.session_state["predict_run"] = linked  # the link is new: the box follows it
    lost = bool(linked) and linked not in known
    chosen = st.selectbox(
        "Run", list(known), index=None if lost else 0, key="predict_run_instead" if lost else "predict_run",
        format_func=lambda run_id: f"{known[run_id].name} · {words.headline(known[run_id].result or {})}",
        placeholder="Choose a finished run",
    )  # fmt: skip
    if chosen is None:
        return None
    st.query_params["run"] = chosen
    if lost:
        st.rerun()
    st.session_state["_predict_run"] = chosen
    remember("run", chosen)
    tab_title("Predict", known[chosen].name)
    return known[chosen]


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


st.title("Predict", anchor=False)
runs = status.finished_runs()
if not runs:
    st.markdown(
        "No run has finished yet. When one has, you can type a sentence here and see what the model makes of it."
    )
    start_links()
else:
    run = pick_run(runs)
    if run is None:
        st.stop()
    names = ["A sentence", "A file", "Test rows"]
    first = "Test rows" if "true" in st.query_params else "A file" if "score" in st.query_params else names[0]
    for name, tab in zip(names, st.tabs(names, default=first), strict=True):
        with tab, shown_errors():
            {"A sentence": try_text, "A file": score_file, "Test rows": test_rows}[name](run)
