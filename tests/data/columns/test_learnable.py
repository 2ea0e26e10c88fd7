import pandas as pd
import pytest

from core.data.columns.learnable import check_learnable
from core.data.columns.roles import Roles
from core.errors import DatasetError


@pytest.mark.parametrize(
    ("answers", "task", "message"),
    [
        (["pos"] * 9, "single_label", "holds only 'pos'"),
        ([f"text {row}" for row in range(60)], "single_label", "60 distinct values in 60 rows"),
        (["joy"] * 9, "multi_label", "1 different labels"),
        (["3"] * 9, "regression", "holds only '3'"),
        (["0.9|0.1", "0.2|0.8", "0.0|1.0", "1e-05|0.99999"], "multi_label", "holds shares such as .*, not names"),
    ],
)
def test_answers_that_teach_nothing_are_refused(answers, task, message):
    with pytest.raises(DatasetError, match=message):
        check_learnable(pd.Series(answers), Roles("text", "label", task=task))


def test_rare_and_missing_answers_are_warned_of():
    rare = check_learnable(pd.Series(["a"] * 9 + ["b"] * 9 + ["c"]), Roles("text", "label", task="single_label"))
    assert rare == ["1 classes have fewer than 3 rows ('c'): they cannot be in every part."]
    several = check_learnable(pd.Series(["a|b", "a", "", "b"] * 3), Roles("text", "label", task="multi_label"))
    assert several == ["3 rows have no label at all: they teach when to give none."]
    assert check_learnable(pd.Series([""] * 9), Roles("text")) == []
