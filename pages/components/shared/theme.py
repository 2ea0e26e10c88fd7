"""What charts take from the theme that the visitor sees, and the mark of what the keyboard has reached."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

STILL = {"displayModeBar": False}  # for charts without anything to zoom
INK = {"light": "#0E1410", "dark": "#E6EBE7"}
# at least 4.5 : 1 on both backgrounds of its theme; Streamlit's own grey has 3.7
SOFT = {"light": "#5A625D", "dark": "#A9B3AC"}
CHOSEN = {
    "light": "#22633D",
    "dark": "#6FCB94",
}  # writing on the tint of what is picked; Streamlit's green has 4.2 in the dark

STAYS = "stays"  # key of a container in a column that stays in view while the columns beside it are scrolled
# the only styles of our own. Streamlit marks a focused link with a tint of 15 % alone, and no setting of its theme changes that: the
# green has 4.5 : 1 on both backgrounds. It knows no container that stays in view beside a longer one, and gives the menu of a narrow
# window two arrows and no word
STYLE = f"""<style>
[data-testid="stColumn"]:has(.st-key-{STAYS}) > [data-testid="stVerticalBlock"] {{ position: sticky; top: 4.5rem; }}
[data-testid="stExpandSidebarButton"] {{ width: auto; }}
[data-testid="stExpandSidebarButton"]::after {{ content: "Menu"; }}
.stApp :is([data-testid="stBaseButton-pillsActive"], [data-testid="stBaseButton-segmented_controlActive"]) * {{ color: COLOUR }}
.stApp :is(a, summary, [role="tab"], [role="radio"]):focus-visible {{ outline: 2px solid #318556; outline-offset: 1px; }}
</style>"""


def mark_focus() -> None:
    """Whoever goes through a page by keyboard sees where he is, and everybody what he has picked."""
    st.html(STYLE.replace("COLOUR", _of_theme(CHOSEN)))


def ink() -> str:
    """The text colour of the theme that the visitor sees, for writing on coloured parts of a chart."""
    return _of_theme(INK)


def show_chart(chart: go.Figure, **how: Any) -> Any:
    """Draw a chart with axes that can be read on the visitor's background; ``how`` as ``st.plotly_chart`` takes it."""
    soft = _of_theme(SOFT)
    chart.update_layout(legend_font_color=soft)
    for axes in (chart.update_xaxes, chart.update_yaxes):
        axes(tickfont_color=soft, title_font_color=soft)
    return st.plotly_chart(chart, **how)


def _of_theme(colors: dict[str, str]) -> str:
    return colors.get(st.context.theme.type or "light", colors["light"])
