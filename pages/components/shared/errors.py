"""How an error is shown."""

import streamlit as st

from core.errors import GraftError
from pages.components.shared.words import plain


def show_error(error: GraftError) -> None:
    """What was wrong, and what to do."""
    lines = filter(None, (error.message, error.hint))
    st.error("\n\n".join(map(plain, lines)), icon=":material/error:")
