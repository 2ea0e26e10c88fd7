"""Graft in the browser: navigation with the page config, shared frame."""

import streamlit as st

from core import libraries
from pages.components.shared.errors import shown_errors
from pages.components.shared.router import frame, navigation

WIDEST = 1200  # pixels: longer lines are hard to read

page = navigation()
with st.container(horizontal_alignment="center"), st.container(width=WIDEST):
    with shown_errors():
        frame(page.title)
    with shown_errors():
        page.run()
libraries.load_aside()  # a page that reads texts comes next, most likely
