"""The mistakes of a finished run: what was taken for what, and the rows behind it."""

import streamlit as st

from core.runs.folder import Run
from pages.components.results.test_rows import test_rows


def mistakes_view(run: Run) -> None:
    """The judged rows, wrong ones first; a chart or boxes narrow them down."""
    st.caption("The rows that judged this run, the surest mistakes first.")
    test_rows(run)
