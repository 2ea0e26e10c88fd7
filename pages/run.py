"""A former address: leads on to the page that has taken over."""

from pages.components.shared.router import ensure_routed

ensure_routed()

from pages.components.shared.former import FORMER

FORMER["run"]()
