"""What can be done with a run: stop, resume, go on from it, name it."""

import streamlit as st

from core.errors import GraftError
from core.jobs import queue
from core.runs.folder import ACTIVE, Run
from pages.components.results.repeat import repeat
from pages.components.results.share import share_buttons
from pages.components.shared.errors import show_error, shown_errors


def actions(run: Run, state: str) -> None:
    """The buttons that fit the run's state, outside the part of the page that redraws itself.

    Args:
        state: for which the whole page is drawn: read once, since it may change meanwhile.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        if state in ("queued", *ACTIVE):
            stopping = state == "stopping"
            if st.button("Stop run", icon=":material/stop:", disabled=stopping, key="stop"):
                _confirm_stop(run)
        if run.resumable and st.button("Resume", type="primary", icon=":material/play_arrow:", key="resume"):
            _do(lambda: queue.resume(run))
        if state == "finished":
            share_buttons(run)
            st.page_link(
                "pages/results.py", label="Compare", icon=":material/compare_arrows:", query_params={"runs": run.id}
            )
            if not run.is_mixed:  # its settings are those of another run, whose training it did not have
                repeat(run)
            if run.config.source:
                st.page_link(
                    "pages/train.py", label="Train on from this model", icon=":material/psychiatry:",
                    query_params={"dataset": run.config.dataset, "source": f"run:{run.id}"},
                )  # fmt: skip
        rename(run)


def rename(run: Run) -> None:
    """A run's name and tags, to be changed at any time."""
    with st.popover("Rename and tag", icon=":material/edit:"):
        name = st.text_input("Name", run.name, key=f"name_{run.id}")
        tags = st.text_input("Tags", ", ".join(run.meta["tags"]), key=f"tags_{run.id}", help="Separated by commas.")
        if st.button("Save", key="save_meta"):
            _do(lambda: run.write_meta(name=name.strip() or run.id, tags=_tags(tags)))


def tag_all(runs: list[Run]) -> None:
    """The same tags added to several runs."""
    with st.popover(f"Tag {len(runs)} runs", icon=":material/sell:"):
        tags = st.text_input("Tags to add", key="tags_all", help="Separated by commas.")
        if st.button("Add", key="save_tags"):
            with shown_errors():
                for run in runs:
                    run.write_meta(tags=list(dict.fromkeys([*run.meta["tags"], *_tags(tags)])))
                st.rerun()


def _tags(text: str) -> list[str]:
    return list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


@st.dialog("Stop this run?")
def _confirm_stop(run: Run) -> None:
    st.markdown("The run saves a checkpoint first. You can resume it later from there; nothing is deleted.")
    with st.container(horizontal=True):
        if st.button("Stop it", type="primary", key="stop_yes"):
            _do(lambda: queue.stop(run))
        if st.button("Keep it going", key="stop_no"):
            st.rerun()


def _do(action: object) -> None:
    try:
        with st.spinner("Asking for it …"):  # whether a source can be reached may take some seconds
            action()  # type: ignore[operator]
    except GraftError as error:
        show_error(error)
    else:
        st.rerun()
