import pandas as pd
import pytest

from core.data.splits.sampling import draw_part


@pytest.fixture
def part():
    return pd.DataFrame({"row": range(40), "label": ["a"] * 30 + ["b"] * 10})


def test_the_rows_drawn_are_spread_over_the_answers_as_the_part_is(part):
    assert draw_part(part, "single_label", 8, seed=1)["label"].value_counts().to_dict() == {"a": 6, "b": 2}


def test_no_size_or_one_beyond_the_rows_takes_them_all(part):
    for size in (None, 40, 1000):
        assert draw_part(part, "single_label", size, seed=1) is part


def test_a_smaller_draw_lies_inside_a_larger_one(part):
    small, large = (set(draw_part(part, "single_label", size, seed=3)["row"]) for size in (8, 20))
    assert small < large
