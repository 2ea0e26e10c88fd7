"""What all charts share: colours, the empty figure, short labels."""

import zlib
from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C7B00", "#7F7F7F")
PARTS = {"train": "#1F5FA8", "validation": "#4C8FD6", "test": "#8CBDED"}  # tints of one hue: parts are no classes
THIS_RUN = "#3F9564"  # the run that a page is about
GREY = "#8A938D"
# baselines are neutral, so that a run's own colour stands out
BASELINES = {"tfidf": "#8A938D", "tfidf_labels": "#8A938D", "tfidf_score": "#8A938D", "majority": "#B3BAB6"}


def figure(title: str, x: str | None, y: str | None, legend: bool = True) -> go.Figure:
    """An empty chart in the looks that all charts share."""
    empty = go.Figure()
    empty.update_layout(
        title={"text": letters(title), "font": {"size": 15}, "x": 0, "xanchor": "left"}, template="none", height=320,
        margin={"l": 56, "r": 16, "t": 44, "b": 84 if legend else 52}, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}, hovermode="x unified", uirevision="keep",
        xaxis_title=x and letters(x), yaxis_title=y and letters(y), barcornerradius=3, showlegend=legend,
    )  # fmt: skip
    grid = {"gridcolor": "rgba(138,147,141,0.22)", "zeroline": False, "linecolor": "rgba(138,147,141,0.5)"}
    empty.update_xaxes(**grid, automargin=True)
    empty.update_yaxes(**grid, automargin=True)
    return empty


def short(label: str, most: int = 24) -> str:
    """The label, cut where it is too long to stand on an axis."""
    return label if len(label) <= most else f"{label[: most - 2]}…"


def distinct_names(labels: Sequence[str], most: int = 24) -> list[str]:
    """The labels cut for an axis or a legend, still as different as they were: bars of one name would be drawn as one.

    Where the beginnings are alike the ends are kept; where those are alike as well a number tells them apart.

    Args:
        labels: (names,), all different.
        most: characters of a name; a number comes on top.
    """
    names = [short(label, most) for label in labels]
    for index in _shared(names):
        label = labels[index]
        head = (most - 1) // 2
        names[index] = label if len(label) <= most else f"{label[:head]}…{label[head + 1 - most :]}"
    shared = _shared(names)
    taken = {name for index, name in enumerate(names) if index not in shared}
    for index in sorted(shared):
        number = 1
        while f"{names[index]} ({number})" in taken:
            number += 1
        names[index] = f"{names[index]} ({number})"
        taken.add(names[index])
    return [letters(name) for name in names]


def letters(text: str) -> str:
    """A text of the data as a chart shows it letter by letter: Plotly takes some HTML, links among it, for formatting.

    Source: https://plotly.com/chart-studio-help/adding-HTML-and-links-to-charts/
    """
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _shared(names: Sequence[str]) -> set[int]:
    """Places of the names that occur more than once."""
    counts = Counter(names)
    return {index for index, name in enumerate(names) if counts[name] > 1}


def run_colors(run_ids: Sequence[str]) -> dict[str, str]:
    """One fixed colour for each run, told by its id; it changes only where two of the chosen would share one."""
    taken: dict[str, str] = {}
    for run in sorted(run_ids):
        first = zlib.crc32(run.encode()) % (len(COLORS) - 1)  # the last, grey, only when all others are taken
        order = [COLORS[(first + shift) % (len(COLORS) - 1)] for shift in range(len(COLORS) - 1)] + [COLORS[-1]]
        taken[run] = next((color for color in order if color not in taken.values()), order[0])
    return taken
