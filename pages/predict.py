"""Predict: try a sentence, score a file, look at the test rows and the mistakes."""

import streamlit as st

from pages.components.shared.router import ensure_routed

ensure_routed()

from core.runs.folder import Run
from pages.components.results.test_rows import test_rows
from pages.components.shared import status, words
from pages.components.shared.errors import shown_errors
from pages.components.shared.links import start_links
from pages.components.use.score_file import score_file
from pages.components.use.try_text import try_text


def pick_run(runs: list[Run]) -> Run:
    """A finished run, named in the link (``?run=``)."""
    known = {run.id: run for run in runs}
    linked = st.query_params.get("run")
    chosen = st.selectbox(
        "Run", list(known), index=list(known).index(linked) if linked in known else 0, key="predict_run",
        format_func=lambda run_id: f"{known[run_id].name} · {words.headline(known[run_id].result or {})}",
    )  # fmt: skip
    st.query_params["run"] = str(chosen)
    return known[str(chosen)]


st.title("Predict", anchor=False)
runs = status.finished_runs()
if not runs:
    st.markdown(
        "No run has finished yet. When one has, you can type a sentence here and see what the model makes of it."
    )
    start_links()
else:
    run = pick_run(runs)
    names = ["A sentence", "A file", "Test rows"]
    first = "Test rows" if "true" in st.query_params else "A file" if "score" in st.query_params else names[0]
    for name, tab in zip(names, st.tabs(names, default=first), strict=True):
        with tab, shown_errors():
            {"A sentence": try_text, "A file": score_file, "Test rows": test_rows}[name](run)
