"""What studies say: curves over labels, trainings as dots on bars, and score against time."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.charts.theme import COLORS, GREY, THIS_RUN, figure, letters
from core.metrics.table import METRICS
from core.tasks import figure as said

FAINT = 0.16  # how dense a band is
DASHES = ("solid", "dash", "dot", "dashdot")


def tint(color: str, share: float) -> str:
    """A colour of the form #RRGGBB, so much of it seen."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def label_curves(
    series: Sequence[Mapping[str, Any]], metric: str, expected: Mapping[str, Any] | None = None
) -> go.Figure:
    """A metric over labelled rows on a log axis: the mean with its 95 % band, and a dot for each draw.

    Args:
        series: dicts with title, color, dash, and ``points``: dicts with labels, mean, low and high (None where there is no
            band) and values; a method without labels has one point at 0 and is drawn as a level line.
        expected: of a forecast: labels, value, low, high, and the color of its method.
    """
    measure = METRICS[metric]
    scale, unit = (100, " (%)") if measure.share else (1, "")
    way = "higher" if measure.higher else "lower"
    chart = figure(
        f"{measure.title} over labelled rows ({way} is better)", "Labelled rows to learn from", f"{measure.title}{unit}"
    )
    sizes = sorted({point["labels"] for one in series for point in one["points"] if point["labels"]})
    if expected:
        sizes.append(expected["labels"])
    for one in series:
        points = [point for point in one["points"] if point["mean"] is not None]
        if not points:
            continue
        line = {"color": one["color"], "width": 2.5, "dash": one.get("dash", "solid")}
        if points[0]["labels"] == 0:
            level = scale * points[0]["mean"]
            chart.add_scatter(
                x=[sizes[0], sizes[-1]] if sizes else [1], y=[level, level], mode="lines", name=letters(one["title"]), line=line,
                hovertemplate=f"{letters(one['title'])}: {said(metric, points[0]['mean'])}, no labels<extra></extra>",
            )  # fmt: skip
            continue
        x = [point["labels"] for point in points]
        banded = [point for point in points if point["low"] is not None]
        if len(banded) > 1:
            chart.add_scatter(
                x=[point["labels"] for point in banded] + [point["labels"] for point in banded[::-1]],
                y=[scale * point["high"] for point in banded] + [scale * point["low"] for point in banded[::-1]],
                fill="toself", fillcolor=tint(one["color"], FAINT), line={"width": 0}, hoverinfo="skip", showlegend=False,
                mode="lines",
            )  # fmt: skip
        dots = [
            (point["labels"], scale * value)
            for point in points
            for value in point["values"]
            if len(point["values"]) > 1
        ]
        if dots:
            chart.add_scatter(
                x=[dot[0] for dot in dots], y=[dot[1] for dot in dots], mode="markers", showlegend=False, hoverinfo="skip",
                marker={"color": one["color"], "size": 4, "opacity": 0.5},
            )  # fmt: skip
        chart.add_scatter(
            x=x, y=[scale * point["mean"] for point in points], mode="lines+markers", name=letters(one["title"]), line=line,
            marker={"size": 8, "color": one["color"]},
            customdata=[said(metric, point["mean"]) for point in points],
            hovertemplate=f"{letters(one['title'])}: %{{customdata}}<extra></extra>",
        )  # fmt: skip
    if expected:
        chart.add_scatter(
            x=[expected["labels"]], y=[scale * expected["value"]], mode="markers", name="expected with more labels",
            marker={"color": expected["color"], "size": 10, "symbol": "circle-open", "line": {"width": 2}},
            error_y={
                "type": "data", "symmetric": False, "color": expected["color"], "thickness": 1.5, "width": 6,
                "array": [scale * (expected["high"] - expected["value"])],
                "arrayminus": [scale * (expected["value"] - expected["low"])],
            },
            hovertemplate=f"expected: {said(metric, expected['value'])}<extra></extra>",
        )  # fmt: skip
    chart.update_xaxes(type="log", tickvals=sizes, ticktext=[f"{size:,}" for size in sizes])
    chart.update_layout(height=430, dragmode=False, hovermode="x")
    return chart


def way_bars(rows: Sequence[Mapping[str, Any]], metric: str, ink: str = GREY) -> go.Figure:
    """A bar for each way of training: the mean, its 95 % interval, and a dot for each training.

    Args:
        rows: as ``core.charts.score_bars`` takes them, with ``values`` of the trainings.
    """
    from core.charts.scores import score_bars

    chart = score_bars(rows, metric, ink)
    scale = 100 if METRICS[metric].share else 1
    dots = [
        (scale * value, len(rows) - 1 - number)
        for number, row in enumerate(rows)
        for value in row["values"]
        if len(row["values"]) > 1
    ]
    if dots:
        chart.add_scatter(
            x=[dot[0] for dot in dots], y=[dot[1] for dot in dots], mode="markers", showlegend=False,
            marker={"color": "rgba(0,0,0,0)", "size": 9, "line": {"color": ink, "width": 1.5}},
            hovertemplate="one training: %{x:.4~r}<extra></extra>",
        )  # fmt: skip
    return chart


def score_over_time(rows: Sequence[Mapping[str, Any]], metric: str, ink: str = GREY) -> go.Figure:
    """Score against seconds of one training on a log axis; those for which no other is both better and quicker are joined.

    Args:
        rows: dicts with title, seconds, mean, low, high (None where there is no interval), front (whether none is both
            better and quicker) and transfers.
    """
    measure = METRICS[metric]
    scale, unit = (100, " (%)") if measure.share else (1, "")
    chart = figure(
        f"{measure.title} against time of training", "Seconds of one training", f"{measure.title}{unit}", legend=False
    )
    shown = [row for row in rows if row["seconds"] is not None and row["mean"] is not None]
    front = sorted((row for row in shown if row["front"]), key=lambda row: row["seconds"])
    if len(front) > 1:
        chart.add_scatter(
            x=[max(row["seconds"], 0.01) for row in front], y=[scale * row["mean"] for row in front], mode="lines",
            line={"color": tint(THIS_RUN, 0.6), "width": 2, "shape": "hv"}, hoverinfo="skip",
        )  # fmt: skip
    for row in shown:
        color = THIS_RUN if row["front"] else COLORS[4] if row["transfers"] else GREY
        reach = None
        if row["low"] is not None:
            reach = {
                "type": "data", "symmetric": False, "color": tint(color, 0.7), "thickness": 1.5, "width": 4,
                "array": [scale * (row["high"] - row["mean"])], "arrayminus": [scale * (row["mean"] - row["low"])],
            }  # fmt: skip
        chart.add_scatter(
            x=[max(row["seconds"], 0.01)], y=[scale * row["mean"]], mode="markers+text", text=[letters(row["title"])],
            textposition="top center", textfont={"color": ink, "size": 12}, error_y=reach, marker={"color": color, "size": 11},
            hovertemplate=f"{letters(row['title'])}: {said(metric, row['mean'])}, %{{x:.3~g}} s<extra></extra>",
        )  # fmt: skip
    if shown:
        seconds = np.log10([max(row["seconds"], 0.01) for row in shown])
        span = max(0.3, float(seconds.max() - seconds.min()))
        chart.update_xaxes(range=[float(seconds.min()) - 0.2 * span, float(seconds.max()) + 0.25 * span])
    chart.update_xaxes(type="log", exponentformat="none", dtick=1)
    chart.update_layout(height=400, dragmode=False, hovermode="closest")
    return chart
