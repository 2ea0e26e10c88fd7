import pandas as pd
import pytest

from core.data.columns.answers import stored_answers
from core.data.columns.guess import choose_roles, guess_roles
from core.data.sets.add import add_dataset
from tests.conftest import sentences


def table(**columns):
    texts = [text for text, _ in sentences(60)]
    return pd.DataFrame({"text": texts} | columns)


def test_columns_of_yes_and_no_are_one_label_each():
    flags = {name: ([1, 0, 0, 1] * 15, [0, 0, 1, 1] * 15, ["true", "false"] * 30)[at] for at, name in enumerate("abc")}
    roles = guess_roles(table(**flags))
    assert roles.labels == ("a", "b", "c") and roles.task == "multi_label"
    stored = stored_answers(table(**flags), "multi_label", None, roles.labels)
    assert stored.tolist()[:4] == ["a|c", "", "b|c", "a|b"]


def test_a_named_label_rules_over_columns_of_yes_and_no():
    flags = {name: [1, 0] * 30 for name in ("is_reply", "has_image", "is_new")}
    assert guess_roles(table(label=["x", "y"] * 30, **flags)).label == "label"


def test_roles_beside_text_and_label_are_guessed_and_kept(home, tmp_path):
    frame = table(
        label=["x", "y"] * 30, domain=["films", "books", "films"] * 20, lang=["en"] * 60, id=range(60), waste=["w"] * 60
    )
    frame.to_csv(tmp_path / "x.csv", index=False)
    roles = guess_roles(frame)
    assert (roles.domain, roles.language, roles.id) == ("domain", "lang", "id")
    assert "longest text, 100 % unique" in roles.reasons["text"]
    dataset, _ = add_dataset(tmp_path / "x.csv", ignore=("waste",))
    assert (dataset.domain, dataset.language, dataset.id_column) == ("domain", "lang", "id")
    columns = set(dataset.frame())
    assert {"extra.domain", "extra.lang", "extra.id"} <= columns and "extra.waste" not in columns


def test_a_score_is_found_among_the_numbers_when_asked_for():
    frame = table(label=["x", "y"] * 30, year=range(1950, 2010), rating=[1, 2, 3] * 20)
    assert choose_roles(frame, {"task": "regression"}).label == "rating"


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (["x"] * 40, "holds one value only, 'x'"),
        ([f"answer {place}" for place in range(40)], "has 40 different values in 40 rows"),
        (["yes", "no"] * 4 + [""] * 32, "is empty in 80 % of the rows"),
    ],
)
def test_a_column_called_label_that_is_none_is_told_with_the_reason(labels, why):
    frame = pd.DataFrame({"text": [text for text, _ in sentences(40)], "label": labels})
    roles = guess_roles(frame)
    assert roles.label is None and f"'label' {why}" in roles.reasons["no_label"]
