"""How good the answers are: contenders side by side, scores, labels and probabilities."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.charts.theme import COLORS, GREY, THIS_RUN, distinct_names, figure, letters
from core.metrics.table import METRICS
from core.tasks import figure as said

TOP = 8  # classes that have a bar of their own
SHORT = 0.35  # share of the axis up to which a bar cannot hold its figure beside the interval, on a phone either


def score_bars(rows: Sequence[Mapping[str, Any]], metric: str = "accuracy", ink: str = GREY) -> go.Figure:
    """One bar for each contender with its 95 % interval.

    Args:
        rows: dicts with title, color, value (share in 0..1, or error in its units; None is written as a dash), and low and
            high, both None where the judged rows carry no interval.
        ink: colour of the intervals.
    """
    measure = METRICS[metric]
    scale, unit = (100, " (%)") if measure.share else (1, "")
    way = "higher" if measure.higher else "lower"
    carried = any(row["low"] is not None for row in rows)
    title = f"{measure.title}{' with 95 % interval' if carried else ''} ({way} is better)"
    chart = figure(title, f"{measure.title}{unit}", None, legend=False)
    shown = list(rows)[::-1]
    values = [scale * (row["value"] or 0.0) for row in shown]
    figures = ["–" if row["value"] is None else said(metric, row["value"]) for row in shown]
    reach = {
        end: [
            None if row[end] is None else abs(scale * row[end] - value)
            for row, value in zip(shown, values, strict=True)
        ]
        for end in ("low", "high")
    }
    ends = [value + (high or 0.0) for value, high in zip(values, reach["high"], strict=True)]
    starts = [value - (low or 0.0) for value, low in zip(values, reach["low"], strict=True)]
    short = [start < SHORT * (100 if measure.share else max(ends, default=0.0)) for start in starts]
    inside = ["" if beside else f"<b>{text}</b>" for text, beside in zip(figures, short, strict=True)]
    for number, (end, text) in enumerate(zip(ends, figures, strict=True)):
        if short[number]:  # its figure would lie across the interval
            chart.add_annotation(
                x=end, y=number, text=f"<b>{text}</b>", showarrow=False, xanchor="left", xshift=8, font={"color": ink}
            )
    chart.add_bar(
        y=list(range(len(shown))), x=values, orientation="h", width=0.55,
        marker={"color": [row["color"] for row in shown]},
        error_x={
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 6, "color": ink,
            "array": reach["high"], "arrayminus": reach["low"],
        },
        text=inside, textposition="inside", insidetextanchor="start", textangle=0,
        constraintext="none",
        customdata=[[letters(row["title"]), text] for row, text in zip(shown, figures, strict=True)],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )  # fmt: skip
    chart.update_layout(dragmode=False, height=100 + 48 * len(shown), hovermode="closest")
    chart.update_xaxes(**({"range": [0, 100]} if measure.share else {"rangemode": "tozero"}))
    # bars stand on numbers, so that two runs of one name keep a bar each
    chart.update_yaxes(tickvals=list(range(len(shown))), ticktext=distinct_names([row["title"] for row in shown], 30))
    return chart


def true_and_predicted(
    truth: np.ndarray, predicted: np.ndarray, title: str = "Predicted against true score"
) -> go.Figure:
    """One point a row (an even sample of 2,000 at most); on the line a prediction is exact."""
    chart = figure(title, "True score", "Predicted score", legend=False)
    stride = max(1, -(-len(truth) // 2000))
    x, y = np.asarray(truth, dtype=float)[::stride], np.asarray(predicted, dtype=float)[::stride]
    low, high = float(min(x.min(), y.min())), float(max(x.max(), y.max()))
    chart.add_scatter(
        x=[low, high], y=[low, high], mode="lines", line={"color": GREY, "dash": "dash", "width": 1}, hoverinfo="skip"
    )
    # true scores are often whole numbers: a little spread sideways shows how many rows lie on each
    width = 0.25 * float(np.min(np.diff(np.unique(x)), initial=high - low or 1.0)) if len(np.unique(x)) <= 30 else 0.0
    spread = np.random.default_rng(0).uniform(-width, width, len(x))
    chart.add_scatter(
        x=x + spread, y=y, mode="markers", marker={"color": COLORS[0], "size": 6, "opacity": 0.45}, customdata=x,
        hovertemplate="true %{customdata:.4~r}, predicted %{y:.4~r}<extra></extra>",
    )  # fmt: skip
    chart.update_layout(dragmode=False, hovermode="closest", height=380)
    return chart


def residuals(error: np.ndarray) -> go.Figure:
    """How far off predictions are: rows by predicted less true score."""
    chart = figure("Error of each row", "Predicted less true score", "Rows", legend=False)
    counts, edges = np.histogram(error, bins=min(40, max(5, len(np.unique(error)))))
    chart.add_bar(
        x=(edges[:-1] + edges[1:]) / 2, y=counts, width=np.diff(edges) * 0.95, marker={"color": COLORS[0]},
        hovertemplate="off by about %{x:.2g}: %{y:,} rows<extra></extra>",
    )  # fmt: skip
    chart.add_vline(x=0, line={"color": GREY, "dash": "dash"})
    chart.update_layout(dragmode=False, height=380)
    return chart


def label_scores(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """F1 of each label beside the number of its rows, best first; 30 at most are shown, and none that no row truly has.

    Args:
        rows: dicts with label, f1 (0..1), precision, recall and support.
    """
    judged = [row for row in rows if row["support"]]
    shown = sorted(judged, key=lambda row: (row["f1"], row["support"]))[-30:]
    chart = figure("F1 of each label (higher is better)", "F1 (%)", None, legend=False)
    chart.add_bar(
        y=distinct_names([row["label"] for row in shown]), x=[100 * row["f1"] for row in shown], orientation="h",
        marker={"color": COLORS[0]}, text=[f"{row['support']:,} rows" for row in shown], textposition="auto",
        customdata=[[100 * row["precision"], 100 * row["recall"]] for row in shown],
        hovertemplate="%{y}: F1 %{x:.1f} %, precision %{customdata[0]:.1f} %, recall %{customdata[1]:.1f} %, %{text}<extra></extra>",
    )  # fmt: skip
    chart.update_layout(dragmode=False, xaxis_range=[0, 100], height=130 + 21 * len(shown), hovermode="closest")
    chart.update_yaxes(type="category")
    return chart


def probabilities(
    labels: Sequence[str], values: Sequence[float], thresholds: Sequence[float] | None = None
) -> go.Figure:
    """Probability of each class or label for one text, highest first, the least of many together; those that are given are green.

    Args:
        thresholds: where several labels may be given, the probability from which each is; a line marks it.
    """
    order = np.argsort(values, kind="stable")[-TOP if len(values) > TOP + 1 else -TOP - 1 :]
    names = distinct_names([labels[index] for index in order])
    shares = [100 * values[index] for index in order]
    given = [index == order[-1] for index in order]
    if thresholds is not None:
        given = [values[index] >= thresholds[index] for index in order]
    rest = len(values) - len(order)
    if rest and thresholds is None:  # probabilities of labels do not add up
        names, given = [f"{rest} others", *names], [False, *given]
        shares = [max(0.0, 100 - sum(shares)), *shares]
    chart = figure(
        f"Probability of each {'class' if thresholds is None else 'label'}", "Probability (%)", None, legend=False
    )
    chart.add_bar(
        y=names, x=shares, orientation="h", width=0.6, marker={"color": [THIS_RUN if is_given else GREY for is_given in given]},
        text=[f"{share:.1f} %" for share in shares], textposition="auto",
    )  # fmt: skip
    if thresholds is not None:
        chart.add_scatter(
            y=names, x=[100 * thresholds[index] for index in order], mode="markers",
            marker={"symbol": "line-ns-open", "size": 16, "line": {"width": 2, "color": COLORS[5]}},
            hovertemplate="%{y} is given from %{x:.1f} %<extra></extra>",
        )  # fmt: skip
    chart.update_layout(dragmode=False, xaxis_range=[0, 100], height=104 + 34 * len(names), hovermode="closest")
    chart.update_yaxes(type="category")
    return chart
