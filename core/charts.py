"""Charts: plain data in, Plotly figures out; no screen, no files.

Bars and matrices cannot be dragged: there is nothing to zoom, and on a phone a drag is meant for the page. Backgrounds are
transparent and the text colour is left to the page, so that light and dark both work; where writing lies
on colour, the page names the ink. Categories take the Okabe–Ito colours, which people with any kind of colour blindness
can tell apart.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.tasks import METRICS, TASKS, readable

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C7B00", "#7F7F7F")
PARTS = {"train": "#0072B2", "validation": "#E69F00", "test": "#009E73"}
GREY = "#8A938D"
# baselines are neutral, so that a run's own colour stands out
BASELINES = {"tfidf": "#8A938D", "tfidf_labels": "#8A938D", "tfidf_score": "#8A938D", "majority": "#B3BAB6"}
MOST_CLASSES = 30  # of a confusion matrix that are shown together
GREENS = [[0.0, "rgba(46,125,79,0.04)"], [0.5, "rgba(46,125,79,0.32)"], [1.0, "rgba(46,125,79,0.6)"]]


def loss_curves(steps: pd.DataFrame, evaluations: pd.DataFrame) -> go.Figure:
    """Training loss (raw and smoothed) and validation loss over steps; lower is better."""
    figure = _figure("Loss: how wrong the model is (lower is better)", "Step", "Loss (nats)")
    if len(steps):
        smooth = steps["loss"].ewm(span=max(2, len(steps) // 15)).mean()
        figure.add_scatter(
            x=steps["step"], y=steps["loss"], name="training, each point", mode="lines", opacity=0.6,
            line={"color": COLORS[4], "width": 1.5}, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=steps["step"], y=smooth, name="training, smoothed", mode="lines", line={"color": COLORS[0], "width": 2.5}
        )
    if len(evaluations):
        figure.add_scatter(
            x=evaluations["step"], y=evaluations["loss"], name="validation", mode="lines+markers",
            line={"color": COLORS[1], "width": 2}, marker={"size": 8},
        )  # fmt: skip
    figure.update_xaxes(rangemode="tozero")
    return figure


def score_curves(evaluations: pd.DataFrame) -> go.Figure:
    """The task's scores on the validation rows over steps, the best step marked; errors of a score fall, the rest rise."""
    known = [task for task in TASKS.values() if task.best_by in evaluations and task.headline in evaluations]
    task = known[0] if known else TASKS["single_label"]
    shown = [name for name in task.tested if name in evaluations]
    share = all(METRICS[name].share for name in task.tested)
    way, unit = ("higher", "Score (%)") if share else ("lower", "Error, in units of the score")
    figure = _figure(f"Validation scores ({way} is better)", "Step", unit)
    for color, name in zip((COLORS[2], COLORS[3]), shown, strict=False):
        figure.add_scatter(
            x=evaluations["step"], y=(100 if share else 1) * evaluations[name].astype(float), name=METRICS[name].title,
            mode="lines+markers", line={"color": color, "width": 2}, marker={"size": 8},
        )  # fmt: skip
    best = evaluations[evaluations["best"].astype(bool)] if len(evaluations) else evaluations
    if len(best):
        figure.add_vline(
            x=best["step"].iloc[-1], line={"color": GREY, "dash": "dot", "width": 1}, annotation_text="kept",
            annotation_position="top",
        )  # fmt: skip
    figure.update_xaxes(rangemode="tozero")
    return figure


def rate_curve(steps: pd.DataFrame) -> go.Figure:
    """Learning rate over steps."""
    figure = _figure("Learning rate: the size of one update", "Step", "Learning rate", legend=False)
    figure.add_scatter(x=steps["step"], y=steps["learning_rate"], mode="lines", line={"color": COLORS[4], "width": 2})
    figure.update_layout(yaxis_exponentformat="power")
    return figure


def rate_range(
    rates: Sequence[float], losses: Sequence[float], smooth: Sequence[float], suggestion: float | None
) -> go.Figure:
    """Loss over the learning rate of a range test, the suggested rate marked."""
    figure = _figure("Loss while the learning rate grows", "Learning rate", "Loss (nats)")
    figure.add_scatter(
        x=list(rates), y=list(losses), name="each step", mode="lines", opacity=0.3,
        line={"color": COLORS[0], "width": 1}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=list(rates), y=list(smooth), name="smoothed", mode="lines", line={"color": COLORS[0], "width": 2.5},
        hovertemplate="%{x:.1e}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    if suggestion:
        figure.add_vline(
            x=suggestion, line={"color": COLORS[2], "dash": "dash"}, annotation_text=f"take {suggestion:g}",
            annotation_position="top",
        )  # fmt: skip
    top = 1.6 * max(smooth[: max(1, len(smooth) // 3)])
    figure.update_xaxes(type="log", exponentformat="power", dtick=1)
    figure.update_yaxes(range=[0, top])
    return figure


def speed_curve(steps: pd.DataFrame) -> go.Figure:
    """Real tokens a second over steps."""
    figure = _figure("Speed: text read in training", "Step", "Tokens per second", legend=False)
    speed = steps["tokens_per_second"]
    figure.add_scatter(x=steps["step"], y=speed, mode="lines", line={"color": COLORS[2], "width": 2})
    figure.update_layout(yaxis_rangemode="tozero")
    return figure


def score_bars(rows: Sequence[Mapping[str, Any]], metric: str = "accuracy", ink: str = GREY) -> go.Figure:
    """One bar for each contender with its 95 % interval.

    Args:
        rows: dicts with title, value, low, high (shares in 0..1, errors in their units) and color.
        ink: colour of the intervals.
    """
    what = METRICS[metric]
    scale, unit = (100, " (%)") if what.share else (1, "")
    way = "higher" if what.higher else "lower"
    title = f"{what.title} with 95 % interval ({way} is better)"
    figure = _figure(title, f"{what.title}{unit}", None, legend=False)
    shown = list(rows)[::-1]
    values = [scale * row["value"] for row in shown]
    said = [f"{value:.1f} %" if what.share else readable(value) for value in values]
    figure.add_bar(
        y=list(range(len(shown))), x=values, orientation="h", width=0.55,
        marker={"color": [row["color"] for row in shown]},
        error_x={
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 6, "color": ink,
            "array": [scale * row["high"] - value for row, value in zip(shown, values, strict=True)],
            "arrayminus": [value - scale * row["low"] for row, value in zip(shown, values, strict=True)],
        },
        text=[f"<b>{each}</b>" for each in said], textposition="inside", insidetextanchor="start",
        customdata=[row["title"] for row in shown], hovertemplate="%{customdata}: %{text}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(dragmode=False, height=100 + 48 * len(shown), hovermode="closest")
    figure.update_xaxes(**({"range": [0, 100]} if what.share else {"rangemode": "tozero"}))
    # bars stand on numbers, so that two runs of one name keep a bar each
    figure.update_yaxes(tickvals=list(range(len(shown))), ticktext=[_short(row["title"], 30) for row in shown])
    return figure


def true_and_predicted(
    truth: np.ndarray, predicted: np.ndarray, title: str = "Predicted against true score"
) -> go.Figure:
    """One point a row (an even sample of 2,000 at most); on the line a prediction is exact."""
    figure = _figure(title, "True score", "Predicted score", legend=False)
    stride = max(1, -(-len(truth) // 2000))
    x, y = np.asarray(truth, dtype=float)[::stride], np.asarray(predicted, dtype=float)[::stride]
    low, high = float(min(x.min(), y.min())), float(max(x.max(), y.max()))
    figure.add_scatter(
        x=[low, high], y=[low, high], mode="lines", line={"color": GREY, "dash": "dash", "width": 1}, hoverinfo="skip"
    )
    # true scores are often whole numbers: a little spread sideways shows how many rows lie on each
    width = 0.25 * float(np.min(np.diff(np.unique(x)), initial=high - low or 1.0)) if len(np.unique(x)) <= 30 else 0.0
    spread = np.random.default_rng(0).uniform(-width, width, len(x))
    figure.add_scatter(
        x=x + spread, y=y, mode="markers", marker={"color": COLORS[0], "size": 6, "opacity": 0.45}, customdata=x,
        hovertemplate="true %{customdata:.4~r}, predicted %{y:.4~r}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(dragmode=False, hovermode="closest", height=380)
    return figure


def residuals(error: np.ndarray) -> go.Figure:
    """How far off predictions are: rows by predicted less true score."""
    figure = _figure("Error of each row", "Predicted less true score", "Rows", legend=False)
    counts, edges = np.histogram(error, bins=min(40, max(5, len(np.unique(error)))))
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2, y=counts, width=np.diff(edges) * 0.95, marker={"color": COLORS[0]},
        hovertemplate="off by about %{x:.2g}: %{y:,} rows<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": GREY, "dash": "dash"})
    figure.update_layout(dragmode=False, height=380)
    return figure


def score_histogram(scores: Mapping[str, np.ndarray], name: str) -> go.Figure:
    """Rows by score, each part of the set stacked on the others.

    Args:
        scores: part -> (rows,).
    """
    figure = _figure("Rows by score", name, "Rows")
    whole = np.concatenate(list(scores.values()))
    values = np.unique(whole)
    few = len(values) <= 40
    edges = np.append(values, values[-1] + 1) if few else np.histogram_bin_edges(whole, bins=40)
    middles = values if few else (edges[:-1] + edges[1:]) / 2
    for part, color in PARTS.items():
        if part in scores:
            rows = np.histogram(scores[part], bins=edges)[0]
            figure.add_bar(x=middles, y=rows, name=part, marker={"color": color})
    figure.update_layout(barmode="stack")
    return figure


def label_scores(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """F1 of each label beside the number of its rows, best first; 30 at most are shown.

    Args:
        rows: dicts with label, f1 (0..1), precision, recall and support.
    """
    shown = sorted(rows, key=lambda row: (row["f1"], row["support"]))[-30:]
    figure = _figure("F1 of each label (higher is better)", "F1 (%)", None, legend=False)
    figure.add_bar(
        y=[_short(row["label"]) for row in shown], x=[100 * row["f1"] for row in shown], orientation="h",
        marker={"color": COLORS[0]}, text=[f"{row['support']:,} rows" for row in shown], textposition="auto",
        customdata=[[100 * row["precision"], 100 * row["recall"]] for row in shown],
        hovertemplate="%{y}: F1 %{x:.1f} %, precision %{customdata[0]:.1f} %, recall %{customdata[1]:.1f} %, %{text}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(dragmode=False, xaxis_range=[0, 100], height=130 + 21 * len(shown), hovermode="closest")
    figure.update_yaxes(type="category")
    return figure


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
    names = _distinct([_short(label) for label in labels])
    figure = _figure(title, "Predicted class", "True class", legend=False)
    figure.add_heatmap(
        z=100 * shares, x=names, y=names, colorscale=GREENS, zmin=0, zmax=100, showscale=False, xgap=2, ygap=2,
        hoverinfo="skip",
    )  # fmt: skip
    # a heatmap cannot be clicked in Streamlit, points can: one faint point lies on every cell, and it must take the
    # pointer's events (hoverinfo "skip" would drop its clicks too)
    grid = [(x, y) for y in range(len(names)) for x in range(len(names))]
    figure.add_scatter(
        x=[names[x] for x, _ in grid], y=[names[y] for _, y in grid], mode="markers+text" if len(labels) <= 20 else "markers",
        text=[f"{int(counts[y, x]):,}" for x, y in grid],
        textfont={"color": ink, "size": 14 if len(labels) <= 8 else 11},
        marker={"size": 34, "color": "rgba(0,0,0,0.001)", "symbol": "square"},
        customdata=[[labels[y], labels[x], counts[y, x], 100 * shares[y, x]] for x, y in grid],
        hovertemplate="truly %{customdata[0]}, called %{customdata[1]}:<br>%{customdata[2]:,} rows, "
        "%{customdata[3]:.0f} % of the true class<extra></extra>",
        selected={"marker": {"opacity": 1}, "textfont": {"color": ink}}, unselected={"textfont": {"color": ink}},
    )  # fmt: skip
    size = min(640, max(320, 150 + 46 * len(labels)))
    figure.update_layout(dragmode=False, height=size, hovermode="closest", hoverdistance=60)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    figure.update_xaxes(type="category", showgrid=False)
    return figure


def layer_movement(moved: Sequence[float], rates: Sequence[float]) -> go.Figure:
    """How far each layer moved from its pretrained weights, and at which share of the learning rate; head on the right."""
    names = ["embeddings", *(f"layer {number}" for number in range(1, len(moved) - 1)), "classifier"]
    figure = _figure("How far each layer moved from its source", None, "Change of the weights (%)", legend=False)
    figure.add_bar(
        x=names, y=[100 * each for each in moved], marker={"color": COLORS[2]}, customdata=[100 * each for each in rates],
        hovertemplate="%{x}: changed by %{y:.2f} % of its length, at %{customdata:.0f} % of the learning rate<extra></extra>",
        text=[f"{each:.0%} rate" if each else "frozen" for each in rates], textposition="outside", cliponaxis=False,
    )  # fmt: skip
    figure.update_layout(dragmode=False, hovermode="closest")
    figure.update_xaxes(type="category")
    return figure


def class_balance(counts: Mapping[str, Mapping[str, int]], labels: Sequence[str]) -> go.Figure:
    """Rows of each class or label, by part."""
    figure = _figure("Rows of each label", "Label", "Rows")
    for part, color in PARTS.items():
        if part in counts:
            rows = [counts[part].get(label, 0) for label in labels]
            names = [_short(label) for label in labels]
            figure.add_bar(x=names, y=rows, name=part, marker={"color": color})
    figure.update_layout(dragmode=False, barmode="stack", legend_traceorder="normal")
    figure.update_xaxes(type="category")
    return figure


def length_histogram(lengths: np.ndarray, max_length: int) -> go.Figure:
    """Texts by length in tokens; what lies right of the line is cut there."""
    figure = _figure("Length of the texts", "Tokens in a text", "Texts", legend=False)
    top = float(np.percentile(lengths, 99.5)) if len(lengths) else 1.0
    counts, edges = np.histogram(np.minimum(lengths, top), bins=min(50, max(5, len(np.unique(lengths)))))
    middles = (edges[:-1] + edges[1:]) / 2
    colors = [COLORS[0] if middle <= max_length else COLORS[5] for middle in middles]
    figure.add_bar(
        x=middles, y=counts, width=np.diff(edges) * 0.95, marker={"color": colors},
        hovertemplate="about %{x:.0f} tokens: %{y:,} texts<extra></extra>",
    )  # fmt: skip
    figure.add_vline(
        x=max_length, line={"color": GREY, "dash": "dash"}, annotation_text=f"cut at {max_length}",
        annotation_position="top",
    )  # fmt: skip
    return figure


def probabilities(
    labels: Sequence[str], values: Sequence[float], thresholds: Sequence[float] | None = None
) -> go.Figure:
    """Probability of each class or label for one text, highest first; those that are given are green.

    Args:
        thresholds: where several labels may be given, the probability from which each is; a line marks it.
    """
    order = np.argsort(values)[-15:]
    names = [_short(labels[index]) for index in order]
    shares = [100 * values[index] for index in order]
    given = [place == len(order) - 1 for place in range(len(order))]
    if thresholds is not None:
        given = [values[index] >= thresholds[index] for index in order]
    figure = _figure(
        f"Probability of each {'class' if thresholds is None else 'label'}", "Probability (%)", None, legend=False
    )
    figure.add_bar(
        y=names, x=shares, orientation="h", width=0.6, marker={"color": [COLORS[2] if each else GREY for each in given]},
        text=[f"{share:.1f} %" for share in shares], textposition="auto",
    )  # fmt: skip
    if thresholds is not None:
        figure.add_scatter(
            y=names, x=[100 * thresholds[index] for index in order], mode="markers",
            marker={"symbol": "line-ns-open", "size": 16, "line": {"width": 2, "color": COLORS[5]}},
            hovertemplate="%{y} is given from %{x:.1f} %<extra></extra>",
        )  # fmt: skip
    figure.update_layout(dragmode=False, xaxis_range=[0, 100], height=104 + 40 * len(order), hovermode="closest")
    figure.update_yaxes(type="category")
    return figure


def overlay(curves: Sequence[Mapping[str, Any]], title: str, y: str) -> go.Figure:
    """Curves of several runs over epochs; each dict has name, color, x and y."""
    figure = _figure(title, "Epoch", y)
    for curve in curves:
        figure.add_scatter(
            x=list(curve["x"]), y=list(curve["y"]), name=curve["name"], mode="lines+markers" if len(curve["x"]) < 16 else "lines",
            line={"color": curve["color"], "width": 2}, marker={"size": 7},
        )  # fmt: skip
    return figure


def run_colors(run_ids: Sequence[str]) -> dict[str, str]:
    """One fixed colour for each run, told by its id; it changes only where two of the chosen would share one."""
    taken: dict[str, str] = {}
    for run in sorted(run_ids):
        first = zlib.crc32(run.encode()) % (len(COLORS) - 1)  # the last, grey, only when all others are taken
        order = [COLORS[(first + shift) % (len(COLORS) - 1)] for shift in range(len(COLORS) - 1)] + [COLORS[-1]]
        taken[run] = next((color for color in order if color not in taken.values()), order[0])
    return taken


def _figure(title: str, x: str | None, y: str | None, legend: bool = True) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        title={"text": title, "font": {"size": 15}, "x": 0, "xanchor": "left"}, template="none", height=320,
        margin={"l": 56, "r": 16, "t": 44, "b": 84 if legend else 52}, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}, hovermode="x unified", uirevision="keep",
        xaxis_title=x, yaxis_title=y, barcornerradius=3, showlegend=legend,
    )  # fmt: skip
    grid = {"gridcolor": "rgba(138,147,141,0.22)", "zeroline": False, "linecolor": "rgba(138,147,141,0.5)"}
    figure.update_xaxes(**grid, automargin=True)
    figure.update_yaxes(**grid, automargin=True)
    return figure


def _most_mixed_up(counts: np.ndarray, most: int) -> list[int]:
    """Numbers of the ``most`` classes that take part in the most mistakes, as true or as called class, in their order."""
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diagonal(counts)
    return sorted(int(number) for number in np.argsort(-wrong, kind="stable")[:most])


def _distinct(names: list[str]) -> list[str]:
    """Names that became equal when they were shortened told apart by a number: equal ones would share a place."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    counted: dict[str, int] = {}
    told = []
    for name in names:
        counted[name] = counted.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({counted[name]})")
    return told


def _short(label: str, most: int = 24) -> str:
    return label if len(label) <= most else f"{label[: most - 2]}…"


def figure(title: str, x: str | None, y: str | None, legend: bool = True) -> go.Figure:
    """An empty chart in the looks that all charts share."""
    return _figure(title, x, y, legend)
