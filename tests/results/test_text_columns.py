import pandas as pd
import pytest

from core.data.sets.add import add_dataset
from core.errors import DatasetError
from core.results.text_columns import text_columns
from tests.conftest import sentences

LONG = "This paragraph is the same under every message, and it is much longer than any title. No."


def table(text, other="Body"):
    rows = [(text_of, f"{LONG} {row}") for row, (text_of, _) in enumerate(sentences(40))]
    return pd.DataFrame(rows, columns=[text, other])


@pytest.fixture
def run(home, tmp_path, run_on):
    frame = table("Title").assign(Label=[label for _, label in sentences(40)])
    frame.to_csv(tmp_path / "train.csv", index=False)
    return run_on(add_dataset(tmp_path / "train.csv", text="Title", label="Label")[0])


@pytest.mark.parametrize("name", ["Title", "title", " TITLE", "ti tle"])
def test_the_column_of_the_training_is_found_up_to_case_and_blanks(run, name):
    columns = text_columns(run, table(name, "body"))
    assert columns.texts == (name,) and not columns.note


def test_a_guess_is_named_with_what_else_would_do(run):
    columns = text_columns(run, table("Headline"))
    assert columns.texts == ("Headline",)  # the training had a Body too, and did not read it
    assert "'Headline', a guess" in columns.note and "'Title'" in columns.note and "'Body' would fit" in columns.note
    assert set(columns.candidates) == {"Headline", "Body"}


def test_what_is_asked_for_is_no_guess(run):
    assert text_columns(run, table("Headline"), ["Body"]).texts == ("Body",)
    assert not text_columns(run, table("Headline"), ["Body"]).note
    with pytest.raises(DatasetError, match="no column 'Boddy'"):
        text_columns(run, table("Headline"), ["Boddy"])


def test_a_file_of_a_single_short_row_can_be_scored(run):
    assert text_columns(run, pd.DataFrame({"x": ["fine"]})).texts == ("x",)


def test_the_columns_that_a_set_has_joined_are_joined_again(home, tmp_path, run_on):
    frame = table("Subject").assign(Label=[label for _, label in sentences(40)])
    frame.to_csv(tmp_path / "train.csv", index=False)
    run = run_on(add_dataset(tmp_path / "train.csv", text=["Subject", "Body"], label="Label")[0])
    assert text_columns(run, table("subject", "BODY")).texts == ("subject", "BODY")
    partly = text_columns(run, table("subject", "other"))
    assert partly.texts == ("subject",) and "no 'Body'" in partly.note
