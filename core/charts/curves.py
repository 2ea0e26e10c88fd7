"""Curves over the steps of a training, and over learning rates."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.charts.theme import COLORS, GREY, figure, letters
from core.metrics.table import METRICS
from core.tasks import TASKS


def loss_curves(steps: pd.DataFrame, evaluations: pd.DataFrame) -> go.Figure:
    """Training loss (raw and smoothed) and validation loss over steps; lower is better."""
    chart = figure("Loss: how wrong the model is (lower is better)", "Step", "Loss (nats)")
    if len(steps):
        smooth = steps["loss"].ewm(span=max(2, len(steps) // 15)).mean()
        chart.add_scatter(
            x=steps["step"], y=steps["loss"], name="training, each point", mode="lines", opacity=0.6,
            line={"color": COLORS[4], "width": 1.5}, hoverinfo="skip",
        )  # fmt: skip
        chart.add_scatter(
            x=steps["step"], y=smooth, name="training, smoothed", mode="lines", line={"color": COLORS[0], "width": 2.5}
        )
    if len(evaluations):
        chart.add_scatter(
            x=evaluations["step"], y=evaluations["loss"], name="validation", mode="lines+markers",
            line={"color": COLORS[1], "width": 2}, marker={"size": 8},
        )  # fmt: skip
    chart.update_xaxes(rangemode="tozero")
    return chart


def score_curves(evaluations: pd.DataFrame) -> go.Figure:
    """The task's scores on the validation rows over steps, the best step marked; errors of a score fall, the rest rise."""
    known = [task for task in TASKS.values() if task.best_by in evaluations and task.headline in evaluations]
    task = known[0] if known else TASKS["single_label"]
    shown = [name for name in task.tested if name in evaluations]
    share = all(METRICS[name].share for name in task.tested)
    way, unit = ("higher", "Score (%)") if share else ("lower", "Error, in units of the score")
    chart = figure(f"Validation scores ({way} is better)", "Step", unit)
    for color, name in zip((COLORS[2], COLORS[3]), shown, strict=False):
        chart.add_scatter(
            x=evaluations["step"], y=(100 if share else 1) * evaluations[name].astype(float), name=METRICS[name].title,
            mode="lines+markers", line={"color": color, "width": 2}, marker={"size": 8},
        )  # fmt: skip
    best = evaluations[evaluations["best"].astype(bool)] if len(evaluations) else evaluations
    if len(best):
        chart.add_vline(
            x=best["step"].iloc[-1], line={"color": GREY, "dash": "dot", "width": 1}, annotation_text="kept",
            annotation_position="top",
        )  # fmt: skip
    chart.update_xaxes(rangemode="tozero")
    return chart


def task_curves(evaluations: pd.DataFrame, names: Mapping[str, str]) -> go.Figure:
    """What each of several tasks reaches on its validation rows, by the first of its metrics that is a share, over steps.

    Args:
        evaluations: ``tasks`` holds a dict of set -> scores by name.
        names: of the sets, by id.
    """
    chart = figure("Each task on its validation rows (higher is better)", "Step", "Score (%)")
    rows = evaluations[evaluations["tasks"].map(lambda tasks: isinstance(tasks, dict))]
    for color, own in zip(COLORS * len(names), names, strict=False):
        first: Mapping[str, float] = rows["tasks"].iloc[0].get(own, {}) if len(rows) else {}
        metric = next((name for name in first if name in METRICS and METRICS[name].share), None)
        if metric is None:
            continue
        chart.add_scatter(
            x=rows["step"], y=[100 * tasks[own][metric] for tasks in rows["tasks"]], mode="lines+markers", marker={"size": 8},
            name=letters(f"{names[own]}, {METRICS[metric].spoken}"), line={"color": color, "width": 2},
        )  # fmt: skip
    chart.update_xaxes(rangemode="tozero")
    return chart


def rate_curve(steps: pd.DataFrame) -> go.Figure:
    """Learning rate over steps."""
    chart = figure("Learning rate: the size of one update", "Step", "Learning rate", legend=False)
    chart.add_scatter(x=steps["step"], y=steps["learning_rate"], mode="lines", line={"color": COLORS[4], "width": 2})
    chart.update_layout(yaxis_exponentformat="power")
    return chart


def rate_range(
    rates: Sequence[float], losses: Sequence[float], smooth: Sequence[float], suggestion: float | None
) -> go.Figure:
    """Loss over the learning rate of a range test, the suggested rate marked."""
    chart = figure("Loss while the learning rate grows", "Learning rate", "Loss (nats)")
    chart.add_scatter(
        x=list(rates), y=list(losses), name="each step", mode="lines", opacity=0.3,
        line={"color": COLORS[0], "width": 1}, hoverinfo="skip",
    )  # fmt: skip
    chart.add_scatter(
        x=list(rates), y=list(smooth), name="smoothed", mode="lines", line={"color": COLORS[0], "width": 2.5},
        hovertemplate="%{x:.1e}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    if suggestion:
        chart.add_vline(
            x=suggestion, line={"color": COLORS[2], "dash": "dash"}, annotation_text=f"take {suggestion:g}",
            annotation_position="top",
        )  # fmt: skip
    top = 1.6 * max(smooth[: max(1, len(smooth) // 3)])
    chart.update_xaxes(type="log", exponentformat="power", dtick=1)
    chart.update_yaxes(range=[0, top])
    return chart


def speed_curve(steps: pd.DataFrame) -> go.Figure:
    """Real tokens a second over steps."""
    chart = figure("Speed: text read in training", "Step", "Tokens per second", legend=False)
    speed = steps["tokens_per_second"]
    chart.add_scatter(x=steps["step"], y=speed, mode="lines", line={"color": COLORS[2], "width": 2})
    chart.update_layout(yaxis_rangemode="tozero")
    return chart


def layer_movement(moved: Sequence[float], rates: Sequence[float]) -> go.Figure:
    """How far each layer moved from its pretrained weights, and at which share of the learning rate; head on the right."""
    names = ["embeddings", *(f"layer {number}" for number in range(1, len(moved) - 1)), "classifier"]
    uneven = len(set(rates)) > 1  # with one rate for all there is nothing to say at each bar
    chart = figure("How far each layer moved from its source", None, "Change of the weights (%)", legend=False)
    chart.add_bar(
        x=names, y=[100 * share for share in moved], marker={"color": COLORS[2]}, customdata=[100 * rate for rate in rates],
        hovertemplate="%{x}: changed by %{y:.2f} % of its length, at %{customdata:.0f} % of the learning rate<extra></extra>",
        text=[_rate_told(rate, uneven) for rate in rates], textposition="outside", cliponaxis=False,
    )  # fmt: skip
    chart.update_layout(dragmode=False, hovermode="closest")
    chart.update_xaxes(type="category")
    return chart


def _rate_told(rate: float, uneven: bool) -> str:
    """What stands at a bar where layers learn at different rates."""
    return "" if not uneven else f"at {rate:.0%} of the rate" if rate else "frozen"


def overlay(curves: Sequence[Mapping[str, Any]], title: str, y: str) -> go.Figure:
    """Curves of several runs over epochs; each dict has name, color, x and y."""
    chart = figure(title, "Epoch", y)
    for curve in curves:
        chart.add_scatter(
            x=list(curve["x"]), y=list(curve["y"]), name=letters(curve["name"]), mode="lines+markers" if len(curve["x"]) < 16 else "lines",
            line={"color": curve["color"], "width": 2}, marker={"size": 7},
        )  # fmt: skip
    return chart
