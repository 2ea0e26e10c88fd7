"""Predict: try a sentence, score a file, look at the test rows and the mistakes."""

import streamlit as st

from pages.components.router import ensure_routed

ensure_routed()

from core.runs.folder import Run
from pages.components import status, words
from pages.components.score_file import score_file
from pages.components.test_rows import test_rows
from pages.components.try_text import try_text


def pick_run(runs: list[Run]) -> Run:
    """A finished run, named in the link (``?run=``)."""
    known = {run.id: run for run in runs}
    asked = st.query_params.get("run")
    chosen = st.selectbox(
        "Run", list(known), index=list(known).index(asked) if asked in known else 0, key="predict_run",
        format_func=lambda each: f"{known[each].name} · {words.percent((known[each].result or {})['metrics']['accuracy'])} accuracy",
    )  # fmt: skip
    st.query_params["run"] = str(chosen)
    return known[str(chosen)]


st.title("Predict", anchor=False)
runs = status.finished_runs()
if not runs:
    st.markdown(
        "No run has finished yet. When one has, you can type a sentence here and see what the model makes of it."
    )
    with st.container(horizontal=True):
        st.page_link("pages/home.py", label="Try the sample", icon=":material/play_arrow:")
        st.page_link("pages/train.py", label="Start a run", icon=":material/psychiatry:")
else:
    run = pick_run(runs)
    asked_for_rows = "true" in st.query_params
    names = ["Test rows", "A sentence", "A file"] if asked_for_rows else ["A sentence", "A file", "Test rows"]
    for name, tab in zip(names, st.tabs(names), strict=True):
        with tab:
            {"A sentence": try_text, "A file": score_file, "Test rows": test_rows}[name](run)
