"""How an error is shown."""

import streamlit as st

from core.errors import GraftError


def show_error(error: GraftError) -> None:
    """What was wrong, and what to do."""
    st.error(f"{error.message}\n\n{error.hint}" if error.hint else error.message, icon=":material/error:")
