"""Graft in the browser: page config, navigation, shared frame."""

from pathlib import Path

import streamlit as st

from core import libraries
from pages.components.shared.errors import shown_errors
from pages.components.shared.router import frame, navigation

# a Material icon would be fetched from a font server
LEAF = Path(__file__).parent / "pages" / "components" / "shared" / "leaf.png"

st.set_page_config(page_title="Graft", page_icon=str(LEAF), layout="wide")
page = navigation()
with shown_errors():
    frame(page.title)
with shown_errors():
    page.run()
libraries.load_aside()  # a page that reads texts comes next, most likely
