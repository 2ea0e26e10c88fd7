"""Graft in the browser: navigation with the page config, shared frame."""

from core import libraries
from pages.components.shared.errors import shown_errors
from pages.components.shared.router import frame, navigation

page = navigation()
with shown_errors():
    frame(page.title)
with shown_errors():
    page.run()
libraries.load_aside()  # a page that reads texts comes next, most likely
