"""Figures as cards."""

from collections.abc import Iterable

import streamlit as st


def figure_cards(shown: Iterable[tuple[str, str, str]]) -> None:
    """Cards of (name, value, what it means), side by side as far as the window is wide."""
    cards = list(shown)
    with st.grid(max(3, len(cards)), min_column_width=150):
        for label, value, help_text in cards:
            st.metric(label, value, help=help_text, border=True)
