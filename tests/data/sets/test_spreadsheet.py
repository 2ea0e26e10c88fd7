"""What a spreadsheet would run as a formula leaves as text; everything else leaves unchanged."""

import io

import pandas as pd
import pytest

from core.data.sets.spreadsheet import spreadsheet_csv


def back(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(spreadsheet_csv(frame)), encoding="utf-8-sig", dtype=str, keep_default_na=False)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 20 7946 0018",
        "-good, really",
        "@SUM(A1)",
        "\tpushed in",
        " =1+1",
        "\n=1+1",
        "\r\n=1",
        "\u00a0=1",
        "\u3000@x",
        "\ufeff=1+1",
        "＝1+1",
        "＋1 x",
        "－x",
        "＠SUM(A1)",
        "\u200b=1",
        "\nplain",
    ],
)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(text):
    assert back(pd.DataFrame({"text": [text]}))["text"].tolist() == [f"'{text}"]


@pytest.mark.parametrize("text", ["-5", "+1.5e3", "plain", "a = b", "", "–dash", "好，=1"])
def test_numbers_and_plain_texts_stay_as_they_are(text):
    assert back(pd.DataFrame({"text": [text], "id": ["x"]}))["text"].tolist() == [text]


def test_columns_of_numbers_and_equal_names_survive():
    frame = pd.DataFrame([[-1, 0.5, "=x"], [2, -0.5, None]], columns=["=n", "p", "p"])
    lines = spreadsheet_csv(frame).decode("utf-8-sig").splitlines()
    assert lines == ["'=n,p,p", "-1,0.5,'=x", "2,-0.5,"]


def test_the_file_opens_with_its_letters_whole():
    assert spreadsheet_csv(pd.DataFrame({"text": ["naïve 好"]})).startswith(b"\xef\xbb\xbf")
