"""Results shown to others: a report to download, and a presentation behind a link."""

import re

import streamlit as st

from core.runs.folder import Run
from core.studies.folder import Study
from pages.components.shared.errors import carry_out, shown_errors
from pages.components.shared.words import plain

Shown = list[Run] | Study  # a run alone, several side by side, or a study


def share_buttons(run: Run) -> None:
    """*Report* and *Present*, for a finished run."""
    report_button([run])
    if st.button("Present", icon=":material/present_to_all:", key=f"present_{run.id}"):
        _present(run)


def report_button(what: Shown) -> None:
    """*Report* of a run, of several runs side by side, or of a study."""
    mark = _mark(what)
    if st.button("Report", icon=":material/description:", key=f"report_{mark}"):
        st.session_state.pop(_kept(mark), None)
        _report(what)


@st.dialog("Report: one file to send", width="medium")
def _report(what: Shown) -> None:
    """Which sections, a note, and the file."""
    from core.export.report import LONGEST_NOTE, SECTIONS

    mark = _mark(what)
    st.markdown("One HTML file that opens in any browser, prints, and asks nobody for anything.")
    kept = st.pills(
        "Sections", list(SECTIONS), default=list(SECTIONS), format_func=SECTIONS.__getitem__, selection_mode="multi",
        key=f"report_sections_{mark}",
    )  # fmt: skip
    if "examples" in kept:
        st.caption("Examples are texts of your data. Leave them out where these must not be passed on.")
    note = st.text_area("A note on top", max_chars=LONGEST_NOTE, key=f"report_note_{mark}")
    without = tuple(name for name in SECTIONS if name not in kept)
    asked = (without, note)
    if st.button("Make the report", type="primary", key=f"report_make_{mark}"):
        _make(what, without, note)
    made = st.session_state.get(_kept(mark))
    if made and made[0] == asked:
        st.download_button(
            f"Download ({len(made[1]) / 1000:.0f} kB)", made[1], file_name=_file_name(what), mime="text/html",
            icon=":material/download:", key=f"report_file_{mark}", on_click="ignore",
        )  # fmt: skip
    elif made:
        st.caption("Something was changed since: make it again.")


def _make(what: Shown, without: tuple[str, ...], note: str) -> None:
    from core.export.report import report

    with shown_errors(), st.spinner("Writing; the model is timed on this machine …"):
        st.session_state[_kept(_mark(what))] = ((without, note), report(what, without, note).encode("utf-8"))


@st.dialog("Present: full screen, with the model to try")
def _present(run: Run) -> None:
    """Start, link, stop."""
    from core.present.presenting import presentation, start

    there = presentation(run).running()
    if there is None:
        st.markdown(
            "Shows this result step by step, by the arrow keys, and ends with a box in which the model answers. "
            "Only this page is served, on this machine, to who has the link."
        )
        if st.button("Start", type="primary", icon=":material/play_arrow:", key=f"present_start_{run.id}"):
            carry_out("Loading the model …", lambda: start(run), scope="fragment")
        return
    st.link_button("Open the presentation", there.address, type="primary", icon=":material/open_in_new:")
    st.code(there.address, language=None, wrap_lines=True)
    st.caption("The link works on this machine until you stop it, until the app ends, or until the run is deleted.")
    if st.button("Stop", icon=":material/stop:", key=f"present_stop_{run.id}"):
        presentation(run).stop()
        st.rerun(scope="fragment")
    st.caption(plain(f"For other machines: python -m core present {run.id} --address 0.0.0.0"))


def _mark(what: Shown) -> str:
    """Names what a report is about."""
    return what.id if isinstance(what, Study) else "-".join(run.id for run in what)


def _kept(mark: str) -> str:
    return f"report_made_{mark}"


def _file_name(what: Shown) -> str:
    """The name of what is told, in letters that every system takes."""
    name = what.name if isinstance(what, Study) else what[0].name if len(what) == 1 else f"{len(what)} runs"
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')[:60] or 'report'}.html"
