"""Results: all runs and studies in a table, some of them side by side, or one of them whole."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.errors import GraftError, RunError
from core.runs.folder import get_run, list_runs
from core.studies.folder import get_study, list_studies
from pages.components.results.all_results import all_results
from pages.components.results.run_view import run_view
from pages.components.shared.address import forget, remember, tab_title, unknown
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.links import start_links
from pages.components.studies.deletion import undo_deletion
from pages.components.studies.study_view import study_view


def one_study(ref: str) -> None:
    """A study, or why there is none."""
    to_all()
    try:
        study = get_study(ref)
    except GraftError as error:
        st.title("Study", anchor=False)
        show_error(error)
        return
    tab_title("Results", study.name)
    with shown_errors():
        study_view(study, is_page=True)


def one_run(ref: str) -> None:
    """A run, or why there is none."""
    try:
        run = get_run(ref)
    except RunError:
        st.title("Results", anchor=False)
        unknown("run", ref, others=False)
        return
    to_all()
    st.query_params["run"] = run.id  # the address is then a link to this very run
    remember("run", run.id)
    tab_title("Results", run.name)
    run_view(run)


def to_all() -> None:
    st.page_link("pages/results.py", label="All results", icon=":material/arrow_back:", query_params={"runs": ""})


def table() -> None:
    """All of them, and those that are ticked side by side."""
    forget("run")
    st.title("Results", anchor=False)
    undo_deletion()
    runs, studies = list_runs(), list_studies()
    if not runs and not studies:
        st.markdown(
            "Nothing has run yet. Start a run or a study: here it stands live, and beside all others when it is done."
        )
        start_links()
        return
    all_results(runs, studies)


study, run = st.query_params.get("study"), st.query_params.get("run")
if study:
    one_study(study)
elif run and "runs" not in st.query_params:
    one_run(run)
else:
    table()
