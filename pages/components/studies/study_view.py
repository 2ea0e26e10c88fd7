"""A study: its question, how it stands, and what it says."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.errors import GraftError
from core.studies import carrying
from core.studies.folder import Study
from core.studies.grid import SEED
from core.studies.registry import answer_of
from core.studies.standing import UNDER_WAY, cell_state, share_done, state_of
from pages.components.results.share import report_button
from pages.components.shared.errors import show_error, shown_errors
from pages.components.shared.states import study_badge
from pages.components.shared.words import plain
from pages.components.studies.auto_view import auto_view
from pages.components.studies.deletion import delete_button
from pages.components.studies.domains_view import domains_view
from pages.components.studies.labels_view import labels_view
from pages.components.studies.ladder_view import ladder_view
from pages.components.studies.search_view import search_view
from pages.components.studies.sources_view import sources_view
from pages.components.studies.together_view import together_view
from pages.components.studies.ways_view import compared_view

EVERY = 2.0  # seconds between two looks
VIEWS: dict[str, Callable[[Study, Any], None]] = {
    "ladder": ladder_view, "labels": labels_view, "strategies": compared_view, "settings": compared_view, "seeds": compared_view,
    "search": search_view, "auto": auto_view, "sources": sources_view, "domains": domains_view,
    "together": together_view,
}  # fmt: skip


def study_view(study: Study, is_page: bool = False) -> None:
    """All of a study; while it is under way it redraws itself.

    Args:
        is_page: whether the page is about this study alone, so that its name is the title.
    """
    state = state_of(study)
    with st.container(horizontal=True, vertical_alignment="center"):
        (st.title if is_page else st.header)(plain(study.name), anchor=False, width="content")
        study_badge(state)
        if is_page:
            delete_button(study, state)
    with shown_errors():
        read = study.read()
        st.caption(plain(read["question"]))
        st.fragment(_panel, run_every=EVERY if state in UNDER_WAY else None)(study, state)


def _panel(study: Study, shown_state: str) -> None:
    """What redraws itself; ``shown_state`` is the one for which the rest was drawn."""
    with shown_errors():
        cells = study.cells()
        state = state_of(study)
        if state != shown_state:
            st.rerun()
        if state in UNDER_WAY:
            doing = study.doing
            share = doing.get("share") if doing and doing.get("share") is not None else share_done(cells)
            st.progress(min(1.0, max(0.0, float(share))), text=_working(study, doing))
        elif error := study.error:
            st.error(plain(f"{error.get('message', '')} {error.get('hint', '')}"), icon=":material/error:")
        _actions(study, state)
        VIEWS[str(study.read()["kind"])](study, answer_of(study))


def _working(study: Study, doing: dict[str, Any] | None) -> str:
    if doing:
        return f"Now: {plain(str(doing.get('text', '')))}"
    states = [(cell, cell_state(cell)) for cell in study.cells()]
    done = sum(state == "finished" for _, state in states)
    at_work = next(
        (
            cell.plan.name if SEED in cell.plan.factors else cell.plan.factors.get("rung", cell.plan.name)
            for cell, state in states
            if state in ("starting", "running")
        ),
        "",
    )
    if not states:
        return "Looking for what to train first …"
    return f"{done} of {len(states)} trainings done" + (f"; now: {plain(at_work)}" if at_work else "")


def _actions(study: Study, state: str) -> None:
    """Stop it, or go on with it."""
    if state in ("queued", "running"):
        _button(study, "Stop", ":material/stop:", carrying.stop)
    elif state == "finished":
        report_button(study)
    elif state in ("stopped", "partial", "failed"):
        st.caption("Not all of its trainings have finished. What is done is kept, and the rest can go on.")
        _button(study, "Go on", ":material/play_arrow:", carrying.resume)


def _button(study: Study, label: str, icon: str, act: Callable[[Study], int]) -> None:
    if st.button(label, icon=icon, key=f"study_{label}_{study.id}"):
        try:
            act(study)
        except GraftError as error:
            show_error(error)
            return
        st.rerun()
