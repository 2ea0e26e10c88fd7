import numpy as np

from core.charts.explore import MOST_COLORS, OTHER, colors_of, score_map, text_map
from core.charts.theme import GREY, PARTS


def test_many_names_share_a_grey_and_parts_keep_their_colours():
    names = [f"class {number}" for number in range(12) for _ in range(12 - number)]
    colors = colors_of(names)
    assert len(colors) == MOST_COLORS + 1 and colors[OTHER] == GREY and "class 11" not in colors
    assert colors_of(["test", "train"]) == {"train": PARTS["train"], "test": PARTS["test"]}
    assert colors_of(["b", "a"]) == colors_of(["a", "b", "b"])


def test_every_text_is_a_point_that_carries_its_row_id():
    names = [f"class {number % 10}" for number in range(50)]
    figure = text_map(np.zeros((50, 2)), range(100, 150), ["<b>x</b> & y"] * 50, names)
    assert sorted(row for trace in figure.data for row in trace.customdata) == list(range(100, 150))
    assert all(trace.type == "scattergl" for trace in figure.data)
    assert "&lt;b>x" in figure.data[0].text[0] and not figure.layout.xaxis.showticklabels


def test_scores_are_coloured_by_value():
    figure = score_map(np.zeros((3, 2)), [1, 2, 3], ["a"] * 3, np.array([1.0, 2.0, 3.0]), "rating")
    assert list(figure.data[0].marker.color) == [1.0, 2.0, 3.0] and figure.data[0].marker.showscale
