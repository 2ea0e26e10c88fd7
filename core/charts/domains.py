"""Domains: what each training reaches on each domain, and loss beside distance."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.charts.matrices import GREENS
from core.charts.theme import COLORS, GREY, distinct_names, figure, letters


def domain_matrix(
    entries: Sequence[Mapping[str, Any]], domains: Sequence[str], title: str, ink: str = GREY
) -> go.Figure:
    """What was learnt from by row, what judged by column; colour and figure are the share of rows that are right.

    Args:
        entries: dicts with learnt, tested, value (0..1), interval, rows and loss (None inside a domain).
    """
    learnt = list(dict.fromkeys([*domains, *(entry["learnt"] for entry in entries)]))
    known = {(entry["learnt"], entry["tested"]): entry for entry in entries}
    values = [[_share(known.get((row, column))) for column in domains] for row in learnt]
    rows, columns = distinct_names(learnt), distinct_names(domains)
    chart = figure(title, "Judged on", "Learnt from", legend=False)
    chart.add_heatmap(
        z=values, x=columns, y=rows, colorscale=GREENS, showscale=False, xgap=2, ygap=2,
        text=[["" if value is None else f"{value:.1f}" for value in line] for line in values],
        texttemplate="%{text}", textfont={"color": ink, "size": 14 if len(domains) <= 6 else 11},
        customdata=[[_told(known.get((row, column))) for column in domains] for row in learnt],
        hovertemplate="learnt from %{y}, judged on %{x}:<br>%{customdata}<extra></extra>", hoverongaps=False,
    )  # fmt: skip
    chart.update_layout(dragmode=False, hovermode="closest", height=min(720, 150 + 46 * len(learnt)))
    chart.update_yaxes(autorange="reversed", type="category", showgrid=False)
    chart.update_xaxes(type="category", showgrid=False)
    return chart


def loss_by_distance(points: Sequence[Mapping[str, Any]], title: str, axis: str) -> go.Figure:
    """One point for each pair of domains: how far they lie apart, and what is lost from one to the other.

    Args:
        points: dicts with name, group, distance and loss (points, more is worse).
    """
    chart = figure(title, axis, "Lost (points)", legend=len({point["group"] for point in points}) > 1)
    for number, group in enumerate(dict.fromkeys(point["group"] for point in points)):
        own = [point for point in points if point["group"] == group]
        chart.add_scatter(
            x=[point["distance"] for point in own], y=[point["loss"] for point in own], mode="markers", name=letters(group),
            marker={"color": COLORS[number % len(COLORS)], "size": 9}, customdata=[letters(point["name"]) for point in own],
            hovertemplate="%{customdata}: distance %{x:.2f}, lost %{y:.1f} points<extra></extra>",
        )  # fmt: skip
    chart.update_layout(dragmode=False, hovermode="closest")
    return chart


def _share(entry: Mapping[str, Any] | None) -> float | None:
    return None if entry is None else 100 * entry["value"]


def _told(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return ""
    said = f"{100 * entry['value']:.1f} % of {entry['rows']:,} rows"
    if entry["interval"]:
        said += f" (95 % interval {100 * entry['interval'][0]:.1f} to {100 * entry['interval'][1]:.1f})"
    return said if entry["loss"] is None else f"{said}, {100 * entry['loss']:+.1f} points beside its own domain"
