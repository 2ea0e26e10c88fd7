import hashlib
import json
import os
from pathlib import Path

import pytest

from core.data.columns.guess import guess_roles
from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.conftest import ROOT
from tests.data.reading.conftest import read

DATA = Path(os.environ.get("GRAFT_TEST_DATA") or ROOT / ".." / "shared" / "data")
EXPECTED = DATA / "messy" / "EXPECTED.json"
CASES = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
REFUSED = {
    "macos_resource_fork.csv": "resource fork", "git_lfs_pointer.tsv": "Git LFS pointer",
    "airline_tweets_excel_mangled.csv": "not a sound table",
}  # fmt: skip


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
    expected, path = CASES[name], DATA / "messy" / name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == expected["sha256"]
    if name in REFUSED:
        with pytest.raises(DatasetError, match=REFUSED[name]) as refusal:
            read_table(path)
        assert refusal.value.hint
        return
    table = read_table(path)
    roles = guess_roles(table.frame)
    places = {"0": "text", "1": "label"} if name == "ag_news_noheader_quoted.tsv" else {}
    assert (len(table.frame), table.skipped) == (expected["rows"], ())
    assert [places.get(column, column) for column in table.frame.columns] == expected["columns"]
    assert places.get(roles.text, roles.text) == expected["text_column"]
    assert places.get(roles.label, roles.label) == expected["label_column"]
    assert roles.text_pair == expected.get("text_pair_column")
    assert table.header == expected.get("header", True)
    texts = table.frame[roles.text]
    assert (
        texts.duplicated().sum() == expected["duplicate_text"] and texts.str.len().max() == expected["max_text_chars"]
    )
    assert (texts.str.strip() == "").sum() == expected["missing_text"]
    if roles.label and "distinct" not in expected["labels"]:
        assert table.frame[roles.label].astype(str).value_counts().to_dict() == expected["labels"]
    elif roles.label:
        assert table.frame[roles.label].nunique() == expected["labels"]["distinct"]


@pytest.mark.skipif(not CASES, reason=f"real messy files are not in {DATA}; set GRAFT_TEST_DATA to their folder")
def test_a_list_of_names_is_one_column():
    frame = read_table(DATA / "messy" / "goemotions_labels.txt").frame
    assert len(frame) == 28 and frame["text"][0] == "admiration"
