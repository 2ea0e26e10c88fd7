import json
import os
from pathlib import Path

import pandas as pd
import pytest

from core.data.columns import guess_roles
from core.data.read import read_table
from core.errors import DatasetError
from tests.conftest import ROOT, sentences

DATA = Path(os.environ.get("GRAFT_TEST_DATA") or ROOT / ".." / "shared" / "data")
EXPECTED = DATA / "messy" / "EXPECTED.json"
CASES = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
REFUSED = ("macos_resource_fork.csv", "git_lfs_pointer.tsv", "airline_tweets_excel_mangled.csv")


def read(tmp_path: Path, content: str | bytes, name: str = "x.csv", **keywords):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, **keywords)


def table_of(delimiter: str, rows: int = 30) -> str:
    return "\n".join(["text" + delimiter + "label", *(f"{text}{delimiter}{label}" for text, label in sentences(rows))])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separator_and_encoding_are_found(tmp_path, delimiter, encoding):
    table = read(tmp_path, table_of(delimiter).encode(encoding))
    assert table.delimiter == delimiter and len(table.frame) == 30
    assert table.frame.columns.tolist() == ["text", "label"]
    assert table.frame["text"].tolist() == [text for text, _ in sentences(30)]


def test_accents_of_an_old_windows_file_are_read(tmp_path):
    content = "text,label\nle café était délicieux,pos\nle dîner était très mauvais,neg\n".encode("cp1252")
    assert read(tmp_path, content).frame["text"][0] == "le café était délicieux"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_is_read(tmp_path, encoding):
    rows = [
        "label,review",
        *["1,酒店环境很好，服务热情周到，下次还会再来", "0,房间很脏，服务态度也很差劲，不推荐"] * 30,
    ]
    table = read(tmp_path, "\n".join(rows).encode(encoding))
    assert len(table.frame) == 60 and table.frame["review"][0].startswith("酒店环境很好")


def test_line_breaks_and_separators_inside_quotes_stay_in_the_text(tmp_path):
    rows = ['"one, two\nthree ""four""",pos', '"five",neg'] * 5
    table = read(tmp_path, "text,label\n" + "\n".join(rows))
    assert len(table.frame) == 10 and table.frame["text"][0] == 'one, two\nthree "four"'


def test_quotes_that_never_close_swallow_no_rows(tmp_path):
    rows = [
        f'{label}\t{text} "' if index % 7 == 3 else f"{label}\t{text}"
        for index, (text, label) in enumerate(sentences(100))
    ]
    rows[10] = 'neg\t"an opening quote alone'
    assert len(read(tmp_path, "\n".join(rows), "x.tsv").frame) == 100


def test_a_first_row_of_data_is_not_taken_for_names(tmp_path):
    table = read(tmp_path, "\n".join(f"{label},{text}" for text, label in sentences(40)))
    assert not table.header and len(table.frame) == 40


def test_ragged_rows_are_set_aside_with_their_line(tmp_path):
    content = table_of(",", 60) + "\none,two,three,four\n"
    table = read(tmp_path, content)
    assert len(table.frame) == 60 and table.skipped == ((62, "4 fields instead of 2"),)
    assert "set aside" in table.warnings[0]


def test_json_lines_with_differing_fields(tmp_path):
    content = '{"text": "a good one", "label": "pos"}\n{"text": "a bad one", "label": "neg", "by": "x"}\nnot json\n'
    table = read(tmp_path, content, "x.jsonl")
    assert len(table.frame) == 2 and table.frame.columns.tolist() == ["text", "label", "by"]
    assert table.skipped[0] == (3, "not valid JSON")


def test_a_json_list(tmp_path):
    assert len(read(tmp_path, json.dumps([{"text": "a", "label": 1}, {"text": "b", "label": 0}]), "x.json").frame) == 2


def test_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    pd.DataFrame(sentences(20), columns=["text", "label"]).to_parquet(path)
    assert len(read_table(path).frame) == 20


@pytest.mark.parametrize(
    ("content", "name", "part"),
    [
        (b"", "x.csv", "empty"),
        (b"  \n", "x.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n123", "x.csv", "PNG"),
        (b"%PDF-1.7 ...", "x.csv", "PDF"),
        (b"PAR1 but cut off", "x.parquet", "Parquet"),
        (b"PK\x03\x04 not a workbook xl/", "x.xlsx", "Excel"),
        (bytes(range(256)) * 20, "x.csv", "binary"),
        (b'{"a": 1', "x.json", "JSON"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, name, part):
    with pytest.raises(DatasetError, match=part):
        read(tmp_path, content, name)


def test_a_wrong_encoding_named_by_the_user_is_an_error_not_nonsense(tmp_path):
    with pytest.raises(DatasetError, match="not valid utf-8"):
        read(tmp_path, "text,label\ncafé,pos\n".encode("cp1252"), encoding="utf-8")


@pytest.mark.parametrize("seed", range(40))
def test_random_bytes_never_give_a_traceback(tmp_path, seed):
    import random

    draw = random.Random(seed)
    alphabet = bytes(range(256)) if seed % 2 else b'ab",;\t\n\r{}[]: 01\xc3\xa9'
    content = bytes(draw.choice(alphabet) for _ in range(draw.randint(1, 3000)))
    try:
        read(tmp_path, content, draw.choice(["x.csv", "x.jsonl", "x.json", "x.tsv", "x.xlsx", "x.parquet"]))
    except DatasetError as error:
        assert error.message and error.hint


@pytest.mark.skipif(not CASES, reason=f"real messy files are not in {DATA}; set GRAFT_TEST_DATA to their folder")
@pytest.mark.parametrize("name", sorted(set(CASES) - {"goemotions_labels.txt"}) or ["absent"])
def test_real_messy_files(name):
    expected = CASES[name]
    if name in REFUSED:
        with pytest.raises(DatasetError) as refusal:
            read_table(DATA / "messy" / name)
        assert refusal.value.hint
        return
    table = read_table(DATA / "messy" / name)
    roles = guess_roles(table.frame)
    places = {"0": "text", "1": "label"} if name == "ag_news_noheader_quoted.tsv" else {}
    assert len(table.frame) == expected["rows"]
    assert places.get(roles.text, roles.text) == expected["text_column"]
    assert places.get(roles.label, roles.label) == expected["label_column"]
    assert roles.text_pair == expected.get("text_pair_column")
    if roles.label and "distinct" not in expected["labels"]:
        assert table.frame[roles.label].astype(str).value_counts().to_dict() == expected["labels"]
