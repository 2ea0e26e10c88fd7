"""All runs and studies, and the ticked runs side by side."""

import streamlit as st

from core.errors import GraftError
from core.results.cross_validation import gather
from core.runs.folder import DAMAGED, Run, get_run
from core.runs.folds import list_folds, tie_of
from core.studies.folder import Study
from pages.components.results.comparison import comparison_view
from pages.components.results.folds import joined_view
from pages.components.results.run_table import run_table
from pages.components.shared.address import unknown
from pages.components.shared.errors import shown_errors
from pages.components.shared.words import plain

MOST = 8


def all_results(runs: list[Run], studies: list[Study]) -> None:
    """The table; below it what is ticked: one to be opened, two to eight side by side."""
    chosen = run_table(runs, studies, _linked())
    finished = [run for run in chosen if run.state == "finished" and run.result]
    if chosen and len(finished) < len(chosen):
        st.caption("Runs without a result yet are left out of the comparison.")
    if len(finished) > MOST:
        st.warning(f"At most {MOST} runs fit side by side; the first {MOST} are shown.", icon=":material/info:")
    for run in chosen:
        if run.state == DAMAGED:
            st.error(plain("{message} {hint}".format(**run.status["error"])), icon=":material/error:")
    if _joined(chosen):
        st.caption("The folds of one cross-validation are judged by different rows: they are joined, not compared.")
    elif len(finished) >= 2:
        with shown_errors():
            comparison_view(finished[:MOST])
    elif finished:
        st.caption("Tick one more finished run to compare.")


def _linked() -> list[Run]:
    """The runs that the address names (``?runs=a,b``)."""
    runs = []
    for run_id in filter(None, st.query_params.get("runs", "").split(",")):
        try:
            runs.append(get_run(run_id))
        except GraftError:
            unknown("run", run_id)
    return runs


def _joined(chosen: list[Run]) -> bool:
    """The joined result of each cross-validation of which a run is ticked; True where nothing else is ticked."""
    marks = {tie.id if (tie := tie_of(run)) else None for run in chosen}
    if marks == {None} and len(chosen) > 1:  # perhaps the folds were trained one by one
        try:
            return joined_view(gather(chosen))
        except GraftError:
            return False
    for folds in list_folds():
        if folds.id in marks:
            joined_view(folds)
    return len(marks) == 1 and None not in marks
