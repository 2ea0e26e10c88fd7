"""Charts: plain data in, Plotly figures out; no screen, no files.

Bars and matrices cannot be dragged: there is nothing to zoom, and on a phone a drag is meant for the page. Backgrounds are
transparent and the text colour is left to the page, so that light and dark both work; where writing lies
on colour, the page names the ink. Categories take the Okabe–Ito colours, which people with any kind of colour blindness
can tell apart.
"""

from core.charts.curves import (
    layer_movement,
    loss_curves,
    overlay,
    rate_curve,
    rate_range,
    score_curves,
    speed_curve,
    task_curves,
)
from core.charts.domains import domain_matrix, loss_by_distance
from core.charts.lineage import lineage
from core.charts.matrices import confusion
from core.charts.rows import class_balance, length_histogram, score_histogram
from core.charts.scores import label_scores, probabilities, residuals, score_bars, true_and_predicted
from core.charts.studies import label_curves, parallel_settings, score_over_time, way_bars
from core.charts.theme import BASELINES, COLORS, GREY, PARTS, THIS_RUN, figure, run_colors
from core.charts.transfer import kept_plane, tradeoff

__all__ = [
    "BASELINES",
    "COLORS",
    "GREY",
    "PARTS",
    "THIS_RUN",
    "class_balance",
    "confusion",
    "domain_matrix",
    "figure",
    "kept_plane",
    "label_curves",
    "label_scores",
    "layer_movement",
    "length_histogram",
    "lineage",
    "loss_by_distance",
    "loss_curves",
    "overlay",
    "parallel_settings",
    "probabilities",
    "rate_curve",
    "rate_range",
    "residuals",
    "run_colors",
    "score_bars",
    "score_curves",
    "score_histogram",
    "score_over_time",
    "speed_curve",
    "task_curves",
    "tradeoff",
    "true_and_predicted",
    "way_bars",
]
