"""A lineage of models as a tree: a line each, what started from it below and further in."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.charts.theme import GREY, THIS_RUN, figure, letters, short

ROW = 52  # pixels from one model to the next
STEP_IN = 0.05  # share of the width: names of three or four steps still fit on a phone


def lineage(models: Sequence[Mapping[str, Any]], ink: str | None = None) -> go.Figure:
    """What started from what.

    Args:
        models: each after its parent; dicts with key, parent (empty for the first), title, below (a line in small letters), depth, own
            (whether the page is about it).
        ink: colour of the writing.
    """
    chart = figure("", None, None, legend=False)
    place = {model["key"]: (STEP_IN * (model["depth"] + 0.5), -row) for row, model in enumerate(models)}
    for model in models:
        x, y = place[model["key"]]
        if model["parent"]:
            left, above = place[model["parent"]]
            chart.add_scatter(
                x=[left, left, x], y=[above, y, y], mode="lines", line={"color": GREY, "width": 1.5}, hoverinfo="skip"
            )
    for model in models:
        x, y = place[model["key"]]
        color = THIS_RUN if model["own"] else GREY
        chart.add_scatter(
            x=[x], y=[y], mode="markers", marker={"color": color, "size": 12}, hovertemplate=f"{letters(model['title'])}<extra></extra>"
        )  # fmt: skip
        title = letters(short(model["title"], 34))
        title = f"<b>{title}</b>" if model["own"] else title
        chart.add_annotation(
            x=x, y=y, text=f"{title}<br><span style='font-size:12px'>{letters(model['below'])}</span>", showarrow=False, align="left",
            xanchor="left", xshift=12, font={"color": ink},
        )  # fmt: skip
    chart.update_layout(height=ROW * len(models) + 24, margin={"l": 0, "r": 0, "t": 8, "b": 8}, hovermode="closest")
    chart.update_xaxes(visible=False, range=[0, 1])
    chart.update_yaxes(visible=False, range=[0.6 - len(models), 0.6])
    return chart
