"""A table to take away, safe to open in a spreadsheet."""

import pandas as pd
import streamlit as st

from core.data.sets.spreadsheet import spreadsheet_csv


def download_csv(frame: pd.DataFrame, label: str, file_name: str, key: str) -> None:
    """The button, and what was done to the texts."""
    st.download_button(
        label, lambda: spreadsheet_csv(frame), file_name, "text/csv", on_click="ignore", icon=":material/download:", key=key
    )  # fmt: skip
    st.caption(
        "A text that begins with = + - or @ gets an apostrophe in front, so that a spreadsheet does not run it as a formula."
    )
