import pandas as pd
import pytest

from core.data.columns.kinds import look_at_labels


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (["Sci/Tech", "World"] * 30, "single_label"),
        ([f"Town {n}, Land {n % 3}" for n in range(20)] * 3, "single_label"),
        ([1, 2, 3, 4, 7, 8] * 10, "single_label"),
        ([0.5, 1.25, 3.8] * 20, "regression"),
        (["3,5", "1,25", "0,1"] * 20, "regression"),
        (list(range(0, 300, 5)), "regression"),
        ([1.0, 0.0] * 30, "single_label"),
        ([True, False] * 30, "single_label"),
    ],
)
def test_what_a_column_of_answers_holds(values, task):
    assert look_at_labels(pd.Series(values, name="label")).task == task
