"""What a data set holds: its labels, its scores, the lengths of its texts."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.theme import COLORS, GREY, PARTS, distinct_names, figure

MANY = 20  # classes that have a bar of their own


def score_histogram(scores: Mapping[str, np.ndarray], name: str) -> go.Figure:
    """Rows by score, each part of the set stacked on the others.

    Args:
        scores: part -> (rows,).
    """
    chart = figure("Rows by score", name, "Rows")
    whole = np.concatenate(list(scores.values()))
    values = np.unique(whole)
    few = len(values) <= 40
    edges = np.append(values, values[-1] + 1) if few else np.histogram_bin_edges(whole, bins=40)
    middles = values if few else (edges[:-1] + edges[1:]) / 2
    for part, color in PARTS.items():
        if part in scores:
            rows = np.histogram(scores[part], bins=edges)[0]
            chart.add_bar(x=middles, y=rows, name=part, marker={"color": color})
    chart.update_layout(barmode="stack")
    return chart


def class_balance(counts: Mapping[str, Mapping[str, int]], labels: Sequence[str]) -> go.Figure:
    """Rows of each class or label, by part, the commonest on top; beyond the first ``MANY`` they are one bar."""
    chart = figure("Rows of each label", "Rows", "Label")
    whole = {label: sum(part.get(label, 0) for part in counts.values()) for label in labels}
    order = sorted(labels, key=whole.__getitem__, reverse=True)
    shown, rest = (order, []) if len(order) <= MANY + 1 else (order[:MANY], order[MANY:])
    names = [*distinct_names(shown, 32), *([f"{len(rest)} more"] if rest else [])][::-1]
    for part, color in PARTS.items():
        if part in counts:
            rows = [counts[part].get(label, 0) for label in shown]
            rows += [sum(counts[part].get(label, 0) for label in rest)] if rest else []
            chart.add_bar(y=names, x=rows[::-1], name=part, orientation="h", marker={"color": color})
    height = max(220, 130 + 22 * len(names))
    chart.update_layout(
        dragmode=False, barmode="stack", legend_traceorder="normal", height=height, hovermode="y unified"
    )
    chart.update_yaxes(type="category")
    return chart


def length_histogram(lengths: np.ndarray, max_length: int, sampled: bool = False) -> go.Figure:
    """Texts by length in tokens; what lies right of the line is cut there. Of a sample the shares, not its counts."""
    chart = figure(
        "Length of the texts", "Tokens in a text", "Share of the texts (%)" if sampled else "Texts", legend=False
    )
    top = float(np.percentile(lengths, 99.5)) if len(lengths) else 1.0
    counts, edges = np.histogram(np.minimum(lengths, top), bins=min(50, max(5, len(np.unique(lengths)))))
    middles = (edges[:-1] + edges[1:]) / 2
    colors = [COLORS[0] if middle <= max_length else COLORS[5] for middle in middles]
    chart.add_bar(
        x=middles, y=100 * counts / max(1, len(lengths)) if sampled else counts, width=np.diff(edges) * 0.95,
        marker={"color": colors},
        hovertemplate=f"about %{{x:.0f}} tokens: {'%{y:.1f} % of the' if sampled else '%{y:,}'} texts<extra></extra>",
    )  # fmt: skip
    chart.add_vline(
        x=max_length, line={"color": GREY, "dash": "dash"}, annotation_text=f"cut at {max_length}",
        annotation_position="top",
    )  # fmt: skip
    return chart
