import pytest

from core.data.reading.header import column_names, names_of_titles
from tests.conftest import sentences
from tests.data.reading.conftest import read


def test_a_first_row_of_data_is_not_taken_for_names(tmp_path):
    table = read(tmp_path, "\n".join(f"{label},{text}" for text, label in sentences(40)))
    assert not table.header and len(table.frame) == 40


def test_names_are_made_up_or_made_unique_where_the_file_has_none():
    assert column_names(None, 1) == ["text"] and column_names(None, 2) == ["0", "1"]
    assert column_names(["note", "", "note"], 4) == ["note", "Unnamed: 1", "note.1", "Unnamed: 3"]


TEXTS = [text for text, _ in sentences(30)]


def lines(first, *columns):
    return "\n".join([first, *(",".join(map(str, row)) for row in zip(*columns, strict=True))])


@pytest.mark.parametrize(
    ("first", "columns", "names"),
    [
        ("comment,toxic", (TEXTS, ["toxic", "clean"] * 15), ["comment", "toxic"]),
        ("text,label,note,note", (TEXTS, ["a", "b"] * 15, ["", "x", "y"] * 10, ["z"] * 30), ["text", "label", "note", "note.1"]),
        (",0,1", (range(30), TEXTS, ["a", "b"] * 15), ["Unnamed: 0", "0", "1"]),
        ("1,2,3", (range(30), TEXTS, ["a", "b"] * 15), ["1", "2", "3"]),
        (
            "id,Please tell us in your own words what you liked most about your last visit to our shop?,How was it?",
            (range(30), TEXTS, ["good", "bad"] * 15),
            ["id", "Please tell us in your own words what you liked most about your last visit to our shop?", "How was it?"],
        ),
        (
            "The text of the ticket as exported from https://helpdesk.example.com/export?view=12,Topic (see https://example.com/topics)",
            (TEXTS, ["late", "card"] * 15),
            ["The text of the ticket as exported from https://helpdesk.example.com/export?view=12", "Topic (see https://example.com/topics)"],
        ),
        (
            "The text of the ticket after it was made anonymous by our team and shortened,The label that two of our three readers gave it",
            (TEXTS, ["late", "card"] * 15),
            ["The text of the ticket after it was made anonymous by our team and shortened",
             "The label that two of our three readers gave it"],
        ),
        ("Kommentar,Bewertung,Datum", (TEXTS, [1, 2, 3] * 10, ["01.03.2026"] * 30), ["Kommentar", "Bewertung", "Datum"]),
    ],
)  # fmt: skip
def test_no_single_sign_makes_a_row_of_names_a_row_of_data(tmp_path, first, columns, names):
    table = read(tmp_path, lines(first, *columns))
    assert table.frame.columns.tolist() == names and len(table.frame) == 30


@pytest.mark.parametrize(
    "columns", [(TEXTS, ["a", "b"] * 15), (["a", "b"] * 15, TEXTS), (range(30), TEXTS, ["a", "b"] * 15)]
)
def test_rows_without_names_lose_none(tmp_path, columns):
    table = read(tmp_path, "\n".join(",".join(map(str, row)) for row in zip(*columns, strict=True)))
    assert len(table.frame) == 30 and not table.header


def test_signs_against_each_other_are_asked_about_with_both_readings(tmp_path):
    table = read(tmp_path, lines("wortlaut,spam", TEXTS, ["spam", "ham"] * 15))
    (ask,) = table.asks
    assert ask.about == "header" and {ask.taken.value, ask.other.value} == {True, False}
    shown = {reading.value: reading.preview[0] for reading in (ask.taken, ask.other)}
    assert shown[True] == {"wortlaut": TEXTS[0][:80], "spam": "spam"} and shown[False] == {"0": "wortlaut", "1": "spam"}
    assert read(tmp_path, lines("wortlaut,spam", TEXTS, ["spam", "ham"] * 15), header=True).asks == ()


def test_three_rows_of_names_of_a_survey_are_no_data(tmp_path):
    questions = 'Start Date,Finished,"Tell us in your own words, please.",How was it?'
    technical = ",".join('"{""ImportId"": ""QID' + str(n) + '""}"' for n in range(4))
    rows = lines("StartDate,Finished,Q1,Q2", ["2026-03-01"] * 30, ["True"] * 30, TEXTS, ["Good", "Bad"] * 15).split(
        "\n"
    )
    table = read(tmp_path, "\n".join([rows[0], questions, technical, *rows[1:]]))
    assert table.frame.columns.tolist() == ["StartDate", "Finished", "Q1", "Q2"] and len(table.frame) == 30
    assert [row.line for row in table.skipped] == [2, 3]


def test_names_over_several_columns_are_joined_to_those_below():
    assert names_of_titles([["", "2025", "", "2026", ""], ["town", "n", "share", "n", "share"]]) == [
        "town", "2025 n", "2025 share", "2026 n", "2026 share",
    ]  # fmt: skip
