"""Confusion matrices."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.theme import GREY, distinct_names, figure, letters

MOST_CLASSES = 30  # of a confusion matrix that are shown together
GREENS = [[0.0, "rgba(46,125,79,0.04)"], [0.5, "rgba(46,125,79,0.32)"], [1.0, "rgba(46,125,79,0.6)"]]


def confusion(
    matrix: Sequence[Sequence[int]], labels: Sequence[str], title: str = "Confusion matrix", ink: str = GREY
) -> go.Figure:
    """True class by row, predicted class by column; colour is the share of the true class, numbers (in ``ink``) are rows.

    Of more than ``MOST_CLASSES`` classes those that are mixed up most are shown, and the title says so.
    """
    counts = np.asarray(matrix, dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    if len(labels) > MOST_CLASSES:
        chosen = _most_mixed_up(counts, MOST_CLASSES)
        title = f"{title}: the {MOST_CLASSES} most mixed up of {len(labels)} classes"
        counts, shares = counts[np.ix_(chosen, chosen)], shares[np.ix_(chosen, chosen)]
        labels = [labels[number] for number in chosen]
    names = distinct_names(labels)
    chart = figure(title, "Predicted class", "True class", legend=False)
    chart.add_heatmap(
        z=100 * shares, x=names, y=names, colorscale=GREENS, zmin=0, zmax=100, showscale=False, xgap=2, ygap=2,
        hoverinfo="skip",
    )  # fmt: skip
    # a heatmap cannot be clicked in Streamlit, points can: one faint point lies on every cell, and it must take the
    # pointer's events (hoverinfo "skip" would drop its clicks too)
    grid = [(x, y) for y in range(len(names)) for x in range(len(names))]
    chart.add_scatter(
        x=[names[x] for x, _ in grid], y=[names[y] for _, y in grid], mode="markers+text" if len(labels) <= 20 else "markers",
        text=[f"{int(counts[y, x]):,}" for x, y in grid],
        textfont={"color": ink, "size": 14 if len(labels) <= 8 else 11},
        marker={"size": 34, "color": "rgba(0,0,0,0.001)", "symbol": "square"},
        customdata=[  # the first two are what a click means, the rest is shown
            [labels[y], labels[x], counts[y, x], 100 * shares[y, x], letters(labels[y]), letters(labels[x])] for x, y in grid
        ],
        hovertemplate="truly %{customdata[4]}, called %{customdata[5]}:<br>%{customdata[2]:,} rows, "
        "%{customdata[3]:.0f} % of the true class<extra></extra>",
        selected={"marker": {"opacity": 1}, "textfont": {"color": ink}}, unselected={"textfont": {"color": ink}},
    )  # fmt: skip
    size = min(640, max(320, 150 + 46 * len(labels)))
    chart.update_layout(dragmode=False, height=size, hovermode="closest", hoverdistance=60)
    chart.update_yaxes(autorange="reversed", type="category", showgrid=False)
    chart.update_xaxes(type="category", showgrid=False)
    return chart


def _most_mixed_up(counts: np.ndarray, most: int) -> list[int]:
    """Numbers of the ``most`` classes that take part in the most mistakes, as true or as called class, in their order."""
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diagonal(counts)
    return sorted(int(number) for number in np.argsort(-wrong, kind="stable")[:most])
