"""A finished model taken elsewhere: exported, set beside the model that it was made from, and downloaded."""

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from core.runs.folder import Run
from pages.components.shared.errors import shown_errors
from pages.components.shared.words import plain


def hand_on(run: Run) -> None:
    """Which format, the button, and of what was made the measurement and the file."""
    from core.export.exporting import ALLOWED, Refused, export_run
    from core.export.formats import FORMATS

    names = [name for name, form in FORMATS.items() if run.config.source or not form.packages]
    first = "onnx" if "onnx" in names else names[0]
    chosen = st.segmented_control(
        "Format", names, default=first, format_func=lambda name: FORMATS[name].title, key=f"export_format_{run.id}"
    )
    form = FORMATS[chosen or first]
    st.caption(f"{form.sentence} It answers the judged rows before it is offered.")
    allowed = ALLOWED
    if form.rounded:
        allowed = st.number_input(
            "Points of the headline that it may lose", 0.0, 100.0, ALLOWED, 0.5, key=f"export_allow_{run.id}"
        )
    if st.button("Export", icon=":material/ios_share:", key=f"export_{run.id}"):
        with shown_errors(), st.spinner("Writing and measuring on this machine …"):
            try:
                export_run(run, form.name, allowed)
            except Refused:  # why stands in the measurement, which is shown below
                pass
    with shown_errors():
        _measured(run, form.name, run.measured(form.name))


def _measured(run: Run, name: str, measured: dict[str, Any] | None) -> None:
    """The export beside the model, and the file where it is offered."""
    from core.export.measured_words import sentence_of, table_of

    if measured is None:
        return
    if measured["refused"]:
        st.warning(plain(f"Not offered: {measured['refused']}"), icon=":material/block:")
    st.table([dict(zip(("", "Model", "Export"), line, strict=True)) for line in table_of(measured)])
    st.caption(plain(sentence_of(measured)))
    if run.export(name).is_dir():
        st.download_button(
            "Download", lambda: _zip(run, name), file_name=f"graft-{run.id}-{name}.zip", mime="application/zip",
            icon=":material/download:", key=f"export_file_{run.id}_{name}", on_click="ignore",
        )  # fmt: skip


def _zip(run: Run, name: str) -> bytes:
    """One archive: weights, tokenizer, labels, thresholds, the code that reads them, an example, and the card."""
    from core.export.exporting import hand_over

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "export.zip"
        hand_over(run, name, target)
        return target.read_bytes()
