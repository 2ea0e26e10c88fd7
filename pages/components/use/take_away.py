"""The model as files for elsewhere: made and measured on demand, then offered as one zip."""

import io
import re

import streamlit as st

from core.errors import GraftError
from core.runs.folder import Run
from pages.components.shared.errors import show_error
from pages.components.shared.words import plain


def take_away(run: Run) -> None:
    """A card for each format that this model can have: what it is, how it was measured, and the file."""
    from core.export.formats import FORMATS

    st.markdown(
        "Each export first answers the judged rows of this run. What it then loses, how quick it is here and how large stands "
        "beside it."
    )
    formats = [form for form in FORMATS.values() if run.config.source or not form.packages]
    for form, column in zip(formats, st.columns(max(2, len(formats))), strict=False):
        with column, st.container(border=True):
            st.markdown(f"**{form.title}**")
            st.caption(form.sentence)
            _format(run, form.name, form.rounded)


def _format(run: Run, name: str, rounded: bool) -> None:
    """What was measured, the zip, and the button that makes it."""
    measured = run.measured(name)
    if measured is not None:
        _measured(measured)
    if run.export(name).is_dir():
        st.download_button(
            "Download", lambda: _zipped(run, name), file_name=_file_name(run, name), mime="application/zip",
            icon=":material/download:", key=f"download_{name}_{run.id}", on_click="ignore",
        )  # fmt: skip
    allowed = 0.5
    if rounded:
        allowed = st.number_input(
            "May lose (points)", 0.0, 100.0, 0.5, 0.1, key=f"allow_{name}_{run.id}",
            help="Of the score that this run is judged by. An export that loses more is not offered.",
        )  # fmt: skip
    again = "Make it again" if measured is not None else "Make it"
    if st.button(again, icon=":material/output:", key=f"export_{name}_{run.id}"):
        _make(run, name, allowed)


def _measured(measured: dict) -> None:
    from core.export.measured_words import sentence_of, table_of

    if measured["refused"]:
        st.warning(plain(f"Not offered: {measured['refused']}"), icon=":material/block:")
    lines = ["| | Model | Export |", "|---|---|---|"]
    lines += [f"| {what} | {before} | {after} |" for what, before, after in table_of(measured)]
    st.markdown("\n".join(lines))
    st.caption(plain(sentence_of(measured)))


def _make(run: Run, name: str, allowed: float) -> None:
    from core.export.aside import export_aside

    try:
        with st.status("Writing and measuring …") as shown:
            export_aside(run, name, allowed, lambda line: shown.update(label=plain(line)))
    except GraftError as error:
        show_error(error)
    else:
        st.rerun()


def _zipped(run: Run, name: str) -> bytes:
    from core.export.exporting import write_zip

    into = io.BytesIO()
    write_zip(run.export(name), into)
    return into.getvalue()


def _file_name(run: Run, name: str) -> str:
    """Run and format in letters that every system takes."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', run.name).strip('-')[:60] or 'model'}-{name}.zip"
