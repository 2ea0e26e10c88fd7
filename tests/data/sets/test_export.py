import io
import json

import pandas as pd
import pytest

from core.cli.parser import build_parser
from core.data.sets.add import add_dataset
from core.data.sets.export import FORMATS, export_bytes, export_file, export_table
from core.errors import DatasetError
from tests.conftest import sentences


@pytest.fixture
def stored(home, tmp_path):
    frame = pd.DataFrame(sentences(40), columns=["review", "label"]).assign(text="kept beside", change=range(-20, 20))
    frame.loc[:4, "review"] = [
        '=HYPERLINK("x")',
        "+1 from me for this one",
        "-- not good at all",
        "@you look at this",
        "-5",
    ]
    frame.to_csv(tmp_path / "x.csv", index=False)
    return add_dataset(tmp_path / "x.csv", text="review", label="label")[0]


def test_the_table_has_the_columns_own_names_and_none_twice(stored):
    table = export_table(stored)
    assert list(table)[:4] == ["row", "text", "label", "split"] and {"text_", "change"} <= set(table)
    assert (table["text_"] == "kept beside").all()


def test_in_csv_no_cell_is_a_formula_and_numbers_stay_numbers(stored):
    table = pd.read_csv(io.BytesIO(export_bytes(stored, "csv")), dtype=str).set_index("row")
    table.index = table.index.astype(int)
    texts = table["text"].sort_index().tolist()[:5]
    assert texts == ['\'=HYPERLINK("x")', "'+1 from me for this one", "'-- not good at all", "'@you look at this", "-5"]
    assert sorted(table["change"].astype(int)) == list(range(-20, 20))


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_json_lines_and_parquet_are_exact(stored, format):
    content = io.BytesIO(export_bytes(stored, format))
    table = pd.read_json(content, lines=True, dtype=False) if format == "jsonl" else pd.read_parquet(content)
    expected = export_table(stored)
    assert table["text"].tolist() == expected["text"].tolist() and list(table) == list(expected)


def test_an_export_can_be_added_again_with_its_split(stored, tmp_path):
    assert export_file(stored, "jsonl", tmp_path / "deep" / "out.jsonl") == 40
    again, _ = add_dataset(tmp_path / "deep" / "out.jsonl", text="text", label="label", split="split", group=None)
    assert again.counts == stored.counts
    assert json.loads((tmp_path / "deep" / "out.jsonl").read_text().splitlines()[0])["row"] in range(40)


def test_an_unknown_format_is_named(stored, tmp_path):
    with pytest.raises(DatasetError, match="'xml'"):
        export_file(stored, "xml", tmp_path / "x.xml")


def test_the_command_offers_every_format():
    export = build_parser().parse_args
    for name in FORMATS:
        assert export(["data", "export", "x", "--output", "y", "--format", name]).format == name
