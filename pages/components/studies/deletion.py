"""Deleting a study after a question, and taking that back."""

import streamlit as st

from core.errors import GraftError
from core.studies.folder import Study
from core.studies.standing import UNDER_WAY
from core.studies.trash import delete_study, own_runs, restore_study
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.words import plain

GONE = "deleted_study"  # in the session: id and name of the one that was deleted last


def delete_button(study: Study, state: str) -> None:
    """The way to delete a study that is not under way."""
    if state not in UNDER_WAY and st.button(
        "Delete study", icon=":material/delete:", key=f"delete_{study.id}", type="tertiary"
    ):
        _confirm(study)


@st.dialog("Delete this study?")
def _confirm(study: Study) -> None:
    st.markdown(plain(study.name))
    st.caption("It goes to the trash; you can undo it.")
    runs = 0
    with shown_errors():
        runs = len(own_runs(study))
    along = bool(runs) and st.checkbox(
        f"Delete the {runs} runs that were trained for it as well" if runs > 1 else "Delete its run as well",
        key="delete_study_runs", help="Runs that another study uses are kept. Left unticked, all stay in the table of runs.",
    )  # fmt: skip
    if st.button("Delete", type="primary", key="delete_study_yes"):
        name = study.name
        try:
            delete_study(study, along)
        except GraftError as error:
            show_error(error)
            return
        st.session_state[GONE] = (study.id, name)
        st.query_params.pop("study", None)
        st.query_params["runs"] = ""
        st.rerun()


def undo_deletion() -> None:
    """After a deletion: how to take it back."""
    if GONE not in st.session_state:
        return
    study_id, name = st.session_state[GONE]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Deleted the study {plain(name)}.")
        if st.button("Undo", icon=":material/undo:", key="undo_study"):
            del st.session_state[GONE]
            try:
                restore_study(study_id)
            except GraftError as error:
                show_error(error)
                return
            st.rerun()
