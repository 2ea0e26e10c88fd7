"""What was kept of the source: the target beside it, and the way between both."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.charts.theme import COLORS, GREY, THIS_RUN, figure
from core.metrics.table import METRICS


def kept_plane(gain: float, kept: float, interval: Sequence[float] | None, metric: str = "accuracy") -> go.Figure:
    """One point: what the target gained beside the strongest baseline, and what the source lost or gained.

    Args:
        gain: in points of a share (0..1), or in units of the metric.
        kept: after less before, a share, with its 95 % ``interval``.
    """
    unit = 100.0 if METRICS[metric].share else 1.0
    chart = figure(
        "Gained on the target, kept of the source", _gain_title(metric), "Source kept (points)", legend=False
    )
    low, high = interval or (kept, kept)
    error = {"array": [100 * (high - kept)], "arrayminus": [100 * (kept - low)], "color": THIS_RUN, "symmetric": False}
    chart.add_scatter(
        x=[unit * gain], y=[100 * kept], error_y=error, mode="markers", marker={"color": THIS_RUN, "size": 13},
        hovertemplate="target %{x:+.1f}, source %{y:+.1f} points<extra></extra>",
    )  # fmt: skip
    chart.add_hline(y=0, line={"color": GREY, "dash": "dash"})
    chart.add_vline(x=0, line={"color": GREY, "dash": "dash"})
    chart.update_layout(dragmode=False, hovermode="closest", height=300)
    return chart


def tradeoff(points: Sequence[Mapping[str, Any]], metric: str, alpha: float) -> go.Figure:
    """Target and source at each point of the way from the source (0 %) to the run (100 %), on the rows that judge.

    Args:
        points: dicts with alpha, target, source (0..1) and their intervals, ascending.
        metric: of the target; one that is no share has no line here, for the axis is in per cent.
        alpha: the point that is looked at.
    """
    chart = figure("What either task has on the way", "From the source (0 %) to the run (100 %)", "Right (%)")
    lines = [("source", "Source task", COLORS[0])]
    if METRICS[metric].share:
        lines.append(("target", f"Target ({METRICS[metric].title})", THIS_RUN))
    for key, name, color in lines:
        values = [100 * point[key] for point in points]
        spans = [point.get(f"{key}_interval") or (point[key], point[key]) for point in points]
        chart.add_scatter(
            x=[100 * point["alpha"] for point in points], y=values, name=name, mode="lines+markers", line={"color": color},
            error_y={
                "array": [100 * span[1] - value for span, value in zip(spans, values, strict=True)],
                "arrayminus": [value - 100 * span[0] for span, value in zip(spans, values, strict=True)],
                "symmetric": False, "color": color, "thickness": 1,
            },
            hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    chart.add_vline(x=100 * alpha, line={"color": GREY, "dash": "dash"})
    chart.update_layout(dragmode=False)
    return chart


def _gain_title(metric: str) -> str:
    unit = "points" if METRICS[metric].share else "in its units"
    return f"{METRICS[metric].title} beside the strongest baseline ({unit})"
