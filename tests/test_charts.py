"""Figures say what they show, keep each run's colour, and can be clicked where a page listens."""

import numpy as np
import pandas as pd
import pytest

from core import charts
from core.charts import explore
from core.charts.theme import distinct_names

MATRIX, LABELS = [[8, 2], [1, 9]], ["neg", "pos"]


def test_a_run_keeps_its_colour_whatever_else_is_chosen():
    runs = [f"20261124-1200{second:02d}-abcd" for second in range(12)]
    alone = {run: charts.run_colors([run])[run] for run in runs}
    for other in runs[1:]:
        together = charts.run_colors([runs[0], other])
        assert together[runs[0]] == alone[runs[0]]
        assert together[other] == alone[other] or alone[other] == alone[runs[0]]


def test_eight_runs_have_eight_colours_in_any_order():
    runs = [f"run-{number}" for number in range(8)]
    assert len(set(charts.run_colors(runs).values())) == 8
    assert charts.run_colors(runs) == charts.run_colors(runs[::-1])


def test_runs_of_one_name_keep_a_bar_each():
    row = {"title": "same", "color": "#0072B2", "low": 0.4, "high": 0.6}
    bars = charts.score_bars([row | {"value": 0.5}, row | {"value": 0.55}]).data[0]
    assert len(set(bars.y)) == 2 and sorted(bars.x) == pytest.approx([50, 55])


def test_each_cell_of_a_confusion_matrix_has_a_point_that_takes_clicks():
    points = charts.confusion(MATRIX, LABELS).data[1]
    assert points.hoverinfo != "skip"  # Plotly drops the clicks of such points, too
    named = {(true, predicted): rows for true, predicted, rows, *_ in points.customdata}
    assert named == {("neg", "neg"): 8, ("neg", "pos"): 2, ("pos", "neg"): 1, ("pos", "pos"): 9}


def test_every_figure_has_a_title_and_named_axes():
    steps = pd.DataFrame(
        {"step": [1, 2], "loss": [0.7, 0.5], "learning_rate": [1e-4, 0.0], "tokens_per_second": [9, 9]}
    )
    evaluations = pd.DataFrame({"step": [2], "accuracy": [0.8], "macro_f1": [0.8], "loss": [0.5], "best": [True]})
    figures = [
        charts.loss_curves(steps, evaluations), charts.score_curves(evaluations), charts.rate_curve(steps),
        charts.speed_curve(steps), charts.confusion(MATRIX, LABELS), charts.class_balance({"train": {"neg": 1}}, LABELS),
    ]  # fmt: skip
    for figure in figures:
        layout = figure.layout
        assert layout.title.text and layout.xaxis.title.text and layout.yaxis.title.text


def test_of_many_classes_the_most_mixed_up_are_shown_and_the_title_says_so():
    size = 120
    matrix = 5 * np.eye(size, dtype=int)
    matrix[7, 90] = 9
    labels = [f"a class with a rather long name, number {number}" for number in range(size)]
    figure = charts.confusion(matrix.tolist(), labels)
    assert figure.layout.title.text == "Confusion matrix: the 30 most mixed up of 120 classes"
    cells = [tuple(each[:4]) for each in figure.data[1].customdata]
    assert len(cells) == 900 and (labels[7], labels[90], 9.0, 100 * 9 / 14) in cells
    assert len(set(figure.data[0].x)) == 30  # names that were shortened to the same stay apart


def test_a_score_without_an_interval_stands_without_one():
    row = {"title": "rare", "color": "#0072B2", "value": 0.5, "low": None, "high": None}
    chart = charts.score_bars([row, row | {"low": 0.4, "high": 0.6}], "macro_f1")
    assert list(chart.data[0].error_x.array) == pytest.approx([10.0, None], nan_ok=True)
    assert "interval" not in charts.score_bars([row]).layout.title.text


def test_labels_that_no_row_truly_has_have_no_bar():
    figures = {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 3}
    unjudged = dict.fromkeys(("precision", "recall", "f1")) | {"support": 0}
    bars = charts.label_scores([figures | {"label": "a"}, unjudged | {"label": "b"}]).data[0]
    assert list(bars.y) == ["a"]


ALIKE = (
    "balance_not_updated_after_bank_transfer",
    "balance_not_updated_after_cheque_or_cash_deposit",
    "balance_not_updated_after_a_long_wait_at_the_bank_transfer",
    "balance",
)


def test_names_cut_for_an_axis_stay_apart_and_show_where_they_differ():
    names = distinct_names(ALIKE)
    assert len(set(names)) == 4 and names[3] == "balance"
    assert names[1].endswith("cash_deposit") and all(len(name) <= 24 + len(" (1)") for name in names)
    taken = ["a" * 30 + "x" * 30, "a" * 30 + "y" + "x" * 29, "a" * 11 + "…" + "x" * 12 + " (1)"]
    assert len(set(distinct_names(taken))) == 3


def test_of_many_classes_the_commonest_have_a_bar_each_and_the_rest_one():
    labels = [f"class {number}" for number in range(77)]
    counts = {"train": {label: 100 - number for number, label in enumerate(labels)}, "test": dict.fromkeys(labels, 1)}
    bars = charts.class_balance(counts, labels).data
    assert bars[0].y[0] == "57 more" and bars[0].y[-1] == "class 0" and len(bars[0].y) == 21
    assert bars[0].x[0] == sum(100 - number for number in range(20, 77)) and bars[1].x[0] == 57
    assert list(charts.class_balance(counts, labels[:21]).data[0].y) == labels[:21][::-1]  # no bar for a single one


def test_long_class_names_never_share_a_bar():
    counts = {"train": {name: rows for rows, name in enumerate(ALIKE, 1)}}
    assert len(set(charts.class_balance(counts, ALIKE).data[0].y)) == 4
    shown = charts.probabilities(ALIKE, [0.1, 0.6, 0.2, 0.1]).data[0]
    assert len(set(shown.y)) == 4 and shown.x[-1] == 60  # the likeliest stays on top
    scores = {"f1": 0.5, "precision": 0.5, "recall": 0.5, "support": 9}
    assert len(set(charts.label_scores([scores | {"label": name} for name in ALIKE]).data[0].y)) == 4
    bars = explore.group_bars(ALIKE, ["pos"] * 4, "Rows by intent", "intent").data[0]
    assert len(set(bars.x)) == 4 and list(bars.y) == [1, 1, 1, 1]
    row = {"color": "#0072B2", "low": 0.4, "high": 0.6, "value": 0.5}
    assert len(set(charts.score_bars([row | {"title": name} for name in ALIKE]).layout.yaxis.ticktext)) == 4


def test_bars_of_layers_name_a_rate_only_where_rates_differ():
    assert set(charts.layer_movement([0.1, 0.2, 0.3], [1.0, 1.0, 1.0]).data[0].text) == {""}
    told = charts.layer_movement([0.0, 0.2, 0.3], [0.0, 0.9, 1.0]).data[0].text
    assert list(told) == ["frozen", "at 90% of the rate", "at 100% of the rate"]


def test_counts_of_a_sample_are_drawn_as_shares():
    drawn = explore.group_bars(["a", "a", "b", "b"], ["pos", "neg", "neg", "neg"], "Rows by part", "part", sampled=True)
    assert drawn.layout.yaxis.title.text == explore.SHARE
    assert sum(sum(bar.y) for bar in drawn.data) == pytest.approx(100)
    lengths = charts.length_histogram(np.array([3, 4, 9]), 8, sampled=True)
    assert "%" in lengths.layout.yaxis.title.text and sum(lengths.data[0].y) == pytest.approx(100)
    scores = explore.score_histogram(np.array([1.0, 1.0, 2.0]), "stars", sampled=True)
    assert list(scores.data[0].y) == pytest.approx([200 / 3, 100 / 3])


HOSTILE = "<a href='//e.example'>y</a>"


def shown_texts(part, key=""):
    """All strings of a figure that a browser may draw, save what clicks give back."""
    if isinstance(part, dict):
        return [text for name, value in part.items() for text in shown_texts(value, name)]
    if isinstance(part, (list, tuple, np.ndarray)):
        return [text for value in part for text in shown_texts(value, key)]
    return [part] if isinstance(part, str) else []


def test_names_of_the_data_are_letters_in_every_chart_also_in_hover_boxes():
    names = [HOSTILE, "plain & simple"]
    words = pd.DataFrame({"word": [HOSTILE], "share": [0.4], "share_elsewhere": [0.1]})
    contender = {"title": HOSTILE, "color": "#000", "value": 0.5, "low": 0.4, "high": 0.6}
    scored = {"label": HOSTILE, "f1": 0.5, "precision": 0.5, "recall": 0.5, "support": 3}
    points = np.zeros((2, 2))
    figures = [
        charts.confusion(MATRIX, names), charts.class_balance({"train": {HOSTILE: 1}}, names), charts.score_bars([contender]),
        charts.label_scores([scored]), charts.probabilities(names, [0.4, 0.6]), charts.score_histogram({"train": points[:, 0]}, HOSTILE),
        charts.overlay([{"name": HOSTILE, "color": "#000", "x": [1], "y": [2]}], HOSTILE, HOSTILE),
        explore.word_bars(words, HOSTILE), explore.group_bars(names, names, HOSTILE, HOSTILE),
        explore.score_histogram(points[:, 0], HOSTILE), explore.text_map(points, [0, 1], names, names),
        explore.score_map(points, [0, 1], names, points[:, 0], HOSTILE),
    ]  # fmt: skip
    for figure in figures:
        drawn = figure.to_dict()
        for trace in drawn["data"]:
            if "%{customdata[4]}" in str(
                trace.get("hovertemplate")
            ):  # a click on a cell gives back the names as they are
                trace["customdata"] = [cell[2:] for cell in trace["customdata"]]
        texts = shown_texts(drawn)
        assert any("&lt;a href" in text or "&lt;a" in text for text in texts), figure.layout.title.text
        assert not [text for text in texts if "<a" in text or "&amp;lt;" in text]
