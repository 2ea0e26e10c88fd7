"""Scored tables are written in the format in which they came, and nothing in them changes."""

import pandas as pd
import pytest

from core.data.reading.read import read_table
from core.errors import DatasetError
from core.results.answer_tables import WRITERS, ending_of, table_bytes, write_table

EVIL = ["=1+1", "+44 20", "-x", "@me", "http://evil.example", "007", "ünï 日本 😡", "a\nb", ""]


@pytest.fixture
def table():
    mixed = [1, "two", None, 4.5, "five", 6, 7, 8, 9]
    return pd.DataFrame({
        "text": EVIL, "mixed": pd.Series(mixed, dtype=object), "prediction": ["a", None, *"aaabbbb"],
        "confidence": [0.123456789, None, *[0.9] * 7], "p.a": [2 / 3] * 9,
    })  # fmt: skip


@pytest.mark.parametrize("ending", WRITERS)
def test_a_table_comes_back_with_its_rows_and_its_texts(table, tmp_path, ending):
    for name, content in (("written", None), ("bytes", table_bytes(table, ending))):
        path = tmp_path / f"{name}{ending}"
        if content is None:
            write_table(table, path)
        else:
            path.write_bytes(content)
        back = read_table(path).frame
        assert list(back.columns) == list(table.columns) and len(back) == 9
        texts = back["text"].fillna("").astype(str).tolist()
        expected = [
            f"'{text}" if name == "bytes" and ending == ".csv" and text[:1] in "=+-@" and text else text
            for text in EVIL
        ]
        assert texts == expected or [text.replace("\n", " ") for text in texts] == [
            text.replace("\n", " ") for text in expected
        ]


def test_shares_are_rounded_for_people_and_whole_for_programs(table, tmp_path):
    for ending, share in ((".csv", 0.1235), (".tsv", 0.1235), (".parquet", 0.123456789), (".jsonl", 0.123456789)):
        write_table(table, tmp_path / f"x{ending}")
        assert float(read_table(tmp_path / f"x{ending}").frame["confidence"][0]) == share


def test_what_a_row_lacks_stays_missing_in_parquet(table, tmp_path):
    write_table(table, tmp_path / "x.parquet")
    back = pd.read_parquet(tmp_path / "x.parquet")
    assert back["prediction"].isna().tolist() == [row == 1 for row in range(9)] and back["mixed"].isna().sum() == 1


def test_what_a_workbook_cannot_hold_is_refused_before_it_is_cut(tmp_path):
    long = pd.DataFrame({"text": ["x" * 32_768]})
    with pytest.raises(DatasetError, match="32,767 characters"):
        write_table(long, tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "format", "ending"),
    [
        ("a.xlsx", "", ".xlsx"), ("a.XLS", "", ".xlsx"), ("a.ods", "", ".xlsx"), ("a.csv.gz", "csv", ".csv"), ("a.json", "", ".jsonl"),
        ("a.txt", "tsv", ".tsv"), ("a.zip", "folders", ".csv"), ("support", "stored", ".csv"), ("a.parquet", "", ".parquet"),
    ],
)  # fmt: skip
def test_a_file_is_written_again_as_what_it_was(name, format, ending):
    assert ending_of(name, format) == ending
