"""Figures as cards."""

from collections.abc import Iterable
from typing import Any

import streamlit as st


def place_for(which: str, among: tuple[str, ...]) -> Any:
    """A container at another place of the page for each state of a thing.

    Streamlit replaces a page element by element: what another state had drawn at the same place would stand among the new elements
    until the page is done. In a place of its own it is gone at once.
    """
    places = {name: st.container() if name == which else st.empty() for name in among}
    return places[which]


def figure_cards(shown: Iterable[tuple[str, str, str]]) -> None:
    """Cards of (name, value, what it means), side by side as far as the window is wide."""
    cards = list(shown)
    with st.grid(max(3, len(cards)), min_column_width=150):
        for label, value, help_text in cards:
            st.metric(label, value, help=help_text, border=True)
