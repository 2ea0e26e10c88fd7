"""Scored files stay with their run, whatever becomes of one of them."""

import pandas as pd
import pytest

from core.errors import RunError
from core.results.predict import Scored
from core.results.scored_files import delete_scored, keep_scored, list_scored, read_scored
from core.results.text_columns import TextColumns
from tests.damage import JSON_HARMS, harm


@pytest.fixture
def run(dataset, run_on):
    return run_on(dataset)


def scored(rows=3):
    frame = pd.DataFrame({"text": ["x"] * rows, "prediction": ["a", None, "b"][:rows]})
    return Scored(frame, 1, TextColumns(("text",), None, ("text",), ""), ("1 row has no text.",))


def test_what_was_scored_is_there_again_until_it_is_deleted(run):
    keep_scored(run, "abc", "mails", ".xlsx", scored())
    keep_scored(run, "def", "others", ".csv", scored(2))
    assert [(card.name, card.ending, card.rows, card.skipped) for card in list_scored(run)] == [
        ("others", ".csv", 2, 1), ("mails", ".xlsx", 3, 1)
    ]  # fmt: skip
    assert read_scored(run, "abc")["prediction"].isna().tolist() == [False, True, False]
    keep_scored(run, "abc", "again", ".xlsx", scored(2))
    assert [card.name for card in list_scored(run)] == ["again", "others"] and len(read_scored(run, "abc")) == 2
    delete_scored(run, "abc")
    delete_scored(run, "abc")
    assert [card.mark for card in list_scored(run)] == ["def"]


@pytest.mark.slow
@pytest.mark.parametrize("how", JSON_HARMS)
def test_one_that_is_damaged_harms_only_itself(run, how):
    keep_scored(run, "abc", "mails", ".csv", scored())
    keep_scored(run, "def", "others", ".csv", scored())
    harm(run.path / "scored" / "abc" / "scored.json", how)
    assert [card.mark for card in list_scored(run)] == ["def"]
    harm(run.path / "scored" / "def" / "rows.parquet", how)
    with pytest.raises(RunError, match="not there or damaged"):
        read_scored(run, "def")


@pytest.mark.parametrize("mark", ["", "..", "../x", "/etc", ".hidden", "a/b", "a" * 300])
def test_a_mark_leads_nowhere_else(run, mark):
    with pytest.raises(RunError):
        read_scored(run, mark)
