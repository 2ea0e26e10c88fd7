"""A finished model at work: files scored here, taken away, served, and how it is called from elsewhere."""

import streamlit as st

from core.runs.folder import Run
from pages.components.shared.errors import shown_errors
from pages.components.use.over_http import over_http
from pages.components.use.score_file import score_file
from pages.components.use.take_away import take_away


def use_it(run: Run) -> None:
    """Score a file or a stored set, export, serve; the command and the lines of Python that do the same."""
    st.header("Score a file", anchor=False)
    score_file(run)
    st.header("Take it away", anchor=False)
    with shown_errors():
        take_away(run)
    st.header("Serve it", anchor=False)
    with shown_errors():
        over_http(run)
    st.header("Without the browser", anchor=False)
    left, right = st.columns(2)
    with left:
        st.caption(
            "On the command line: a file in, the same rows with predictions out; or one text, with the words that pulled."
        )
        st.code(
            f"python -m core predict {run.id} --input texts.csv --output answers.csv\n"
            f'python -m core explain {run.id} --text "Your text" --json',
            language=None, wrap_lines=True,
        )  # fmt: skip
    with right:
        st.caption("In Python, from the folder of Graft.")
        st.code(_python(run), language=None, wrap_lines=True)


def _python(run: Run) -> str:
    return (
        "from core.results.answerer import load_model\n"
        "from core.runs.folder import get_run\n\n"
        f'model = load_model(get_run("{run.id}"))\n'
        'outputs = model.predict(["Your text"])\n'
        "print(model.answers(outputs))"
    )
