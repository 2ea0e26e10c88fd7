"""What charts take from the theme that the visitor sees."""

import streamlit as st

STILL = {"displayModeBar": False}  # for charts without anything to zoom
INK = {"light": "#1E2420", "dark": "#E6EBE7"}


def ink() -> str:
    """The text colour of the theme that the visitor sees, for writing on coloured parts of a chart."""
    return INK.get(st.context.theme.type or "light", INK["light"])
