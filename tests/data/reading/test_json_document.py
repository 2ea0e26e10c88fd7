import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.reading import json_document, json_file, transcode
from core.data.reading.json_document import find_rows
from core.errors import DatasetError
from tests.data.reading.conftest import read

ROWS = [{"text": f"a film {n}, naïve 你好", "label": n % 2, "score": n / 7} for n in range(40)]


@pytest.fixture
def streamed(monkeypatch):
    """Documents of any size pass as large ones do, in small pieces."""
    monkeypatch.setattr(json_document, "AT_ONCE", 0)
    monkeypatch.setattr(json_file, "AT_ONCE", 0)
    monkeypatch.setattr(transcode, "BLOCK", 50)


def place(document: str) -> str | None:
    """Where the rows of a document stand, which comes in pieces of five characters."""
    pieces = [document[at : at + 5] for at in range(0, len(document), 5)]
    found = find_rows(lambda: iter([(piece, 0.5, 0) for piece in (*pieces, "")]))
    return next(iter(found.prefixes)) if found else None


def test_a_json_list_that_is_cut_off_is_not_half_read(tmp_path):
    content = json.dumps([{"text": f"a film {n}", "label": n} for n in range(50)])
    with pytest.raises(DatasetError, match="cut off"):
        read(tmp_path, content[:-30], "x.json")


def test_a_json_list(tmp_path):
    assert len(read(tmp_path, json.dumps([{"text": "a", "label": 1}, {"text": "b", "label": 0}]), "x.json").frame) == 2


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.text(max_size=9), st.lists(st.integers(0, 9))
)
rows = st.lists(st.dictionaries(st.sampled_from(["text", "label", "é"]), cells, min_size=1), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    rows, st.sampled_from(["list", "inside", "further in", "one after another"]), st.sampled_from(["utf-8", "utf-16"])
)
def test_a_streamed_document_gives_the_rows_of_one_read_at_once(tmp_path, streamed, rows, shape, encoding):
    document = {
        "list": rows,
        "inside": {"version": 1, "data": rows},
        "further in": {"a": {"n": 1}, "b": {"rows": rows}},
    }
    content = json.dumps(document[shape], ensure_ascii=False) if shape in document else "\n".join(map(json.dumps, rows))
    with pytest.MonkeyPatch.context() as patch:
        at_once = read_at_once(patch, tmp_path, content.encode(encoding))
    in_pieces = read(tmp_path, content.encode(encoding), "x.json")
    assert in_pieces.frame.values.tolist() == at_once.frame.values.tolist()
    assert in_pieces.frame.columns.tolist() == at_once.frame.columns.tolist()


def read_at_once(patch, folder, content):
    patch.setattr(json_document, "AT_ONCE", 1 << 30)
    return read(folder, content, "x.json")


@pytest.mark.parametrize(
    ("document", "prefix"),
    [
        (ROWS, "item"),
        (["a text", "another"], "item"),
        ({"version": 1, "data": ROWS}, "data.item"),
        ({"few": ROWS[:2], "many": ROWS}, "many.item"),
        ({"data": {"rows": ROWS, "few": ROWS[:1]}, "other": {"rows": ROWS * 2}}, "data.rows.item"),
        ({"columns": ["text"], "data": [["a"], ["b"]]}, None),
        ({"text": ["a", "b"], "label": [0, 1]}, None),
        ({"0": ROWS[0], "1": ROWS[1]}, None),
        ({"a.b": ROWS}, None),
        ({"item": ROWS}, None),
        ({"items": ROWS}, "items.item"),
        ({"lists": [ROWS], "data": {"rows": ROWS}}, "data.rows.item"),
    ],
)
def test_rows_inside_a_large_document_are_found_by_the_rules_of_small_ones(document, prefix):
    assert place(json.dumps(document)) == prefix


@pytest.mark.parametrize("content", ['[{"text": "a", "n": NaN}]', '[{"text": "a", "n": 1e999}]', f'[{{"text": "a", "n": {10**30}}}]',
                                     '[{"text": "a"},]', '{"a.b": [{"text": "a"}]}'])  # fmt: skip
def test_what_cannot_be_streamed_is_read_at_once_where_memory_bears_it(tmp_path, streamed, monkeypatch, content):
    assert read(tmp_path, content, "x.json").frame["text"].tolist() == ["a"]
    monkeypatch.setattr(json_document, "LARGEST", 10)
    with pytest.raises(DatasetError, match=r"not valid JSON|too large") as refusal:
        read(tmp_path, content, "x.json")
    assert "JSON Lines" in refusal.value.hint


def test_a_large_document_that_is_cut_off_is_not_half_read(tmp_path, streamed):
    for content in (json.dumps(ROWS), json.dumps({"data": ROWS})):
        with pytest.raises(DatasetError, match="not valid JSON"):
            read(tmp_path, content[:-30], "x.json")


def test_damaged_bytes_of_a_streamed_document_are_mended_and_counted(tmp_path, streamed):
    content = json.dumps(ROWS, ensure_ascii=False).encode()[:-1] + ', {"text": "un été"}]'.encode("cp1252")
    table = read(tmp_path, content, "x.json")
    assert table.frame["text"].tolist()[-2:] == [ROWS[-1]["text"], "un été"] and "2 places" in table.warnings[0]


def test_one_huge_item_takes_time_by_its_size_not_by_its_square(tmp_path, streamed, monkeypatch):
    monkeypatch.setattr(transcode, "BLOCK", 1_000)
    content = json.dumps([{"text": "a"}, {"text": "b", "words": ["word"] * 500_000}, {"text": "c"}])
    start = time.perf_counter()
    table = read(tmp_path, content, "x.json")
    assert len(table.frame) == 3 and len(table.frame["words"][1]) == 500_000
    assert time.perf_counter() - start < 20  # of 4,000 pieces: begun anew at each, 8,000 MB would be parsed
