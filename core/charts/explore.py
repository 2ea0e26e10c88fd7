"""Looking at a set before training: typical words, groups of rows, and the map of its texts."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.charts.theme import COLORS, GREY, PARTS, distinct_names, figure, letters

OTHER = "all others"
MOST_COLORS = 7  # then one grey for all others: more colours could not be told apart
RIGHT_WRONG = {"right": "#0072B2", "wrong": "#D55E00"}
MOST_BARS = 30
SHARE = "Share of the rows (%)"
SNIPPET, LINE = 110, 55  # characters in a hover box


def word_bars(words: pd.DataFrame, label: str) -> go.Figure:
    """Typical words of one class, the most typical on top.

    Args:
        words: lines of ``TypicalWords.table`` for one class.
    """
    shown = words.iloc[::-1]
    told = [letters(word) for word in shown["word"]]
    chart = figure(f"Typical of {_shortened(label, 40)}", "Texts with the word (%)", None)
    chart.add_bar(
        y=list(range(len(shown))), x=100 * shown["share"], orientation="h", width=0.7, marker={"color": COLORS[2]},
        name="of this class", customdata=told, hovertemplate="%{customdata}: %{x:.1f} % of this class<extra></extra>",
    )  # fmt: skip
    chart.add_scatter(
        y=list(range(len(shown))), x=100 * shown["share_elsewhere"], mode="markers", name="of all others",
        marker={"color": COLORS[1], "size": 11, "symbol": "diamond", "line": {"color": "white", "width": 1}},
        customdata=told, hovertemplate="%{customdata}: %{x:.1f} % of all others<extra></extra>",
    )  # fmt: skip
    chart.update_layout(height=150 + 26 * len(shown), hovermode="closest", dragmode=False)
    chart.update_yaxes(tickvals=list(range(len(shown))), ticktext=distinct_names(shown["word"].tolist()))
    chart.update_xaxes(rangemode="tozero")
    return chart


def group_bars(
    values: Sequence[str], names: Sequence[str], title: str, column: str, sampled: bool = False
) -> go.Figure:
    """Rows of each value of a column, stacked by label; of a sample the shares, since its counts are nobody's.

    Args:
        values: (rows,) of the column.
        names: (rows,) of the label.
        sampled: whether these are only some of the rows.
    """
    table = pd.crosstab(np.asarray(values, dtype=object), np.asarray(names, dtype=object))
    table = table.loc[table.sum(axis=1).sort_values(ascending=False).index[:MOST_BARS]]
    chart = figure(title, _shortened(column, 30), SHARE if sampled else "Rows")
    if sampled:
        table = 100 * table / max(1, len(values))
        chart.update_yaxes(hoverformat=".1f")
    colors = colors_of(list(names))
    bars = distinct_names([str(value) for value in table.index])
    legend = dict(zip(colors, distinct_names(list(colors)), strict=True))
    for name, color in colors.items():
        stacked = [name] if name != OTHER else [other for other in table.columns if other not in colors]
        rows = table[[label for label in stacked if label in table]].sum(axis=1)
        chart.add_bar(
            x=bars,
            y=rows,
            name=legend[name],
            marker={"color": color},
        )
    chart.update_layout(barmode="stack", showlegend=len(colors) > 1, legend_traceorder="normal", dragmode=False)
    chart.update_xaxes(type="category")
    return chart


def score_histogram(values: np.ndarray, name: str, sampled: bool = False) -> go.Figure:
    """Rows by their score; of a sample the shares."""
    values = values[np.isfinite(values)]
    chart = figure("Distribution of the score", _shortened(name, 40), SHARE if sampled else "Rows", legend=False)
    distinct = np.unique(values)
    unit = 100 / max(1, len(values)) if sampled else 1
    if len(distinct) <= MOST_BARS:
        chart.add_bar(
            x=distinct, y=[unit * int((values == score).sum()) for score in distinct], marker={"color": COLORS[0]}
        )
    else:
        counts, edges = np.histogram(values, bins=40)
        chart.add_bar(
            x=(edges[:-1] + edges[1:]) / 2, y=unit * counts, width=np.diff(edges) * 0.95, marker={"color": COLORS[0]}
        )
    chart.update_layout(dragmode=False)
    return chart


def text_map(points: np.ndarray, rows: Sequence[int], texts: Sequence[str], names: Sequence[str]) -> go.Figure:
    """Each text a point, coloured by the name that stands for it.

    Args:
        points: (texts, 2)
        rows: (texts,) row ids, which a selection gives back.
        names: (texts,) of a label, a group, or right and wrong.
    """
    chart = _plane()
    of_points = np.asarray(names, dtype=object)
    colors = colors_of(list(of_points))
    legend = dict(zip(colors, distinct_names(list(colors)), strict=True))
    for name, color in colors.items():
        chosen = np.flatnonzero(~np.isin(of_points, list(colors)) if name == OTHER else of_points == name)
        if len(chosen):
            title = f"{legend[name]} ({len(chosen):,})"
            _add_points(chart, points, rows, texts, chosen, title, of_points, {"color": color})
    return chart


def score_map(
    points: np.ndarray, rows: Sequence[int], texts: Sequence[str], values: np.ndarray, title: str
) -> go.Figure:
    """Each text a point, coloured by a number from dark (low) to light (high)."""
    chart = _plane()
    names = np.array([f"{value:g}" for value in values], dtype=object)
    marker = {
        "color": values, "colorscale": "Cividis", "showscale": True,
        "colorbar": {"title": letters(_shortened(title, 14)), "thickness": 12, "len": 0.6},
    }  # fmt: skip
    _add_points(chart, points, rows, texts, np.arange(len(values)), letters(title), names, marker)
    chart.update_layout(showlegend=False)
    return chart


def colors_of(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name; the parts and right or wrong have their own, the rarest names share a grey."""
    counts = pd.Series(list(names), dtype=object).value_counts()
    for fixed in (PARTS, RIGHT_WRONG):
        if set(counts.index) <= set(fixed):
            return {name: color for name, color in fixed.items() if name in counts}
    # the commonest get a colour of their own; among them the order is that of the names, so that colours stay put
    commonest = sorted(counts.index[: MOST_COLORS if len(counts) > MOST_COLORS else len(counts)], key=str)
    colors = dict(zip(commonest, COLORS, strict=False))
    return colors | ({OTHER: GREY} if len(counts) > len(commonest) else {})


def _add_points(
    chart: go.Figure, points: np.ndarray, rows: Sequence[int], texts: Sequence[str], chosen: np.ndarray, title: str,
    names: np.ndarray, marker: dict[str, object],
) -> None:  # fmt: skip
    """The ``chosen`` positions among the points, as one entry of the legend."""
    chart.add_scattergl(
        x=points[chosen, 0], y=points[chosen, 1], mode="markers", name=title,
        marker={"size": 7 if len(points) < 800 else 5, "opacity": 0.75} | marker,
        customdata=[int(rows[index]) for index in chosen],
        text=[f"{letters(_shortened(str(names[index]), 30))}<br>{_lines(texts[index])}" for index in chosen],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _plane() -> go.Figure:
    chart = figure("", None, None)
    chart.update_layout(
        height=560, hovermode="closest", dragmode="lasso", margin={"l": 8, "r": 8, "t": 28, "b": 84},
        legend={"itemsizing": "constant"},
    )  # fmt: skip
    for axis in (chart.update_xaxes, chart.update_yaxes):  # the axes of such a map have no meaning
        axis(showticklabels=False, showgrid=False, zeroline=False, ticks="", showline=False)
    return chart


def _lines(text: str) -> str:
    """The beginning of a text in lines that fit a hover box; its signs are letters, not markup."""
    text = _shortened(" ".join(text.split()), SNIPPET)
    lines = (text[start : start + LINE] for start in range(0, len(text), LINE))
    return "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;") for line in lines)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
