"""Static figures as SVG: small pure functions; every text in them is escaped, every colour is a class of the page's style.

Bars are one SVG a row, without text, so that names wrap and keep their size on a phone and on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

SHADES = 9  # steps of a cell in the table of mistakes


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a bar chart.

    Attributes:
        kind: ours, plain (a baseline) or other; the class of the colour.
        share: 0..1, how long the bar is; None where there is nothing to draw.
        low, high: ends of the interval on the same scale; None where there is none.
        figure: the value in words.
        note: a sentence under the name.
    """

    title: str
    kind: str
    share: float | None
    low: float | None
    high: float | None
    figure: str
    note: str = ""

    @property
    def svg(self) -> Markup:
        return bar_svg(self.share, self.low, self.high, self.kind)


def bar_svg(share: float | None, low: float | None, high: float | None, kind: str) -> Markup:
    """A bar over a rule from 0 to 1, with the whisker of its interval; it has no text and stretches with its place."""
    parts = [Markup('<rect class="rule" x="0" y="6" width="100" height="12"/>')]
    if share is not None:
        parts.append(
            Markup('<rect class="bar {}" x="0" y="6" width="{:.2f}" height="12"/>').format(kind, 100 * _inside(share))
        )
    if low is not None and high is not None:
        left, right = 100 * _inside(low), 100 * _inside(high)
        lines = f"M{left:.2f} 12H{right:.2f}M{left:.2f} 7V17M{right:.2f} 7V17"
        parts.append(Markup('<path class="whisker" vector-effect="non-scaling-stroke" d="{}"/>').format(lines))
    body = Markup("").join(parts)
    return Markup(
        '<svg class="bars" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(body)


def _inside(share: float) -> float:
    return min(1.0, max(0.0, share))


def shades(matrix: Sequence[Sequence[int]]) -> list[list[int]]:
    """Rows of steps 0..``SHADES``: how much of its true class a cell holds; 0 only where it holds nothing."""
    counts = np.asarray(matrix, dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.where(counts > 0, np.maximum(1, np.rint(shares * SHADES)), 0).astype(int).tolist()


def curve_svg(points: Sequence[tuple[float, float]], title: str, x_title: str, marked: float | None = None) -> Markup:
    """A line through ``points``; ``marked`` is the place on x of the point that was kept."""
    return _plot(points, title, x_title, None, True, marked)


def scatter_svg(true: np.ndarray, predicted: np.ndarray, title: str, x_title: str) -> Markup:
    """True against predicted scores, (rows,) each, with the line on which a prediction is exact."""
    low, high = float(min(true.min(), predicted.min())), float(max(true.max(), predicted.max()))
    return _plot(list(zip(true.tolist(), predicted.tolist(), strict=True)), title, x_title, (low, high), False, None)


LEFT, TOP, WIDTH, HEIGHT = 44, 12, 340, 170


def _plot(
    points: Sequence[tuple[float, float]],
    title: str,
    x_title: str,
    both: tuple[float, float] | None,
    as_line: bool,
    marked: float | None,
) -> Markup:
    """Axes with the ends of their ranges named, and the points as a line or, else as dots."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x_low, x_high = both or (min(xs), max(xs))
    y_low, y_high = both or (min(ys), max(ys))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - x_low) / ((x_high - x_low) or 1.0)
        up = (y - y_low) / ((y_high - y_low) or 1.0)
        return LEFT + across * WIDTH, TOP + (1 - up) * HEIGHT

    parts = [Markup('<path class="axis" d="M{0} {1}V{2}H{3}"/>').format(LEFT, TOP, TOP + HEIGHT, LEFT + WIDTH)]
    spots = [place(x, y) for x, y in points]
    if not as_line:
        start, end = place(x_low, x_low), place(x_high, x_high)
        parts.append(Markup('<path class="exact" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>').format(*start, *end))
        parts += [Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="2.5"/>').format(*spot) for spot in spots]
    else:
        parts.append(Markup('<path class="line" d="M{}"/>').format("L".join(f"{x:.1f} {y:.1f}" for x, y in spots)))
        parts += [
            Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"/>').format(
                "kept" if x == marked else "dot", *spot, 5 if x == marked else 2.5
            )
            for (x, _), spot in zip(points, spots, strict=True)
        ]  # fmt: skip
    bottom = TOP + HEIGHT + 16
    for x, y, anchor, text in (
        (LEFT - 5, TOP + 9, "end", f"{y_high:.3g}"), (LEFT - 5, TOP + HEIGHT, "end", f"{y_low:.3g}"),
        (LEFT, bottom, "start", f"{x_low:.3g}"), (LEFT + WIDTH, bottom, "end", f"{x_high:.3g}"),
        (LEFT + WIDTH / 2, bottom, "middle", x_title),
    ):  # fmt: skip
        parts.append(Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, y, anchor, text))
    size = f"0 0 {LEFT + WIDTH + 16} {bottom + 8}"
    return Markup('<svg class="plot" role="img" viewBox="{}"><title>{}</title>{}</svg>').format(
        size, escape(title), Markup("").join(parts)
    )
