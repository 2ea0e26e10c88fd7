"""Odd tables written in many dialects and encodings come back unharmed; fuzzed bytes give a table or a sentence."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.reading.read import read_table
from core.errors import GraftError

BOUNDED = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
WORDS = {
    "utf-8": "plain naïve Ωmega 你好 😀 it's #1 50% a/b (no) why? “quoted” «x»",
    "utf-16": "plain naïve 你好 it's #1 50%", "utf-8-sig": "plain ça 你好",
    "cp1252": "déjà été où ça café naïve plain it’s",
    "gb18030": "酒店环境很好 服务员的态度也不错 我们下次还会再来 但是房间有点小 plain",
    "shift_jis": "とても面白かったです サービスが良くなかった また行きたいと思います",
    "euc_kr": "정말 재미있었어요 다시는 안 갈 거예요 서비스가 좋았습니다",
    "cp1251": "фильм очень понравился номер был грязный отличный сервис",
}  # fmt: skip
ODD = ["", ",", ";", "\t", "|", '"', "\n", "two\nlines", 'say "no"', "a,b;c", "'s"]


def read(content: bytes, name: str, **how):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        return read_table(path, name=name, **how)


@st.composite
def tables(draw):
    """(encoding, rows of text, label, number): running text of one language with odd marks mixed in."""
    encoding = draw(st.sampled_from(sorted(WORDS)))
    words = WORDS[encoding].split(" ")
    odd = draw(st.lists(st.sampled_from(ODD), max_size=4))
    rows = []
    for number in range(draw(st.integers(12, 40))):
        picked = draw(st.lists(st.sampled_from([*words, *words, *odd]), min_size=4, max_size=12))
        rows.append(
            [f"{' '.join(picked)} {words[number % len(words)]}".strip(), ("pos", "neg")[number % 2], str(number)]
        )
    return encoding, rows


@BOUNDED
@given(
    tables(), st.sampled_from(",;\t|^~\x01"), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from([0, 1])
)
def test_what_a_csv_writer_wrote_comes_back(table, delimiter, end, header, quoting):
    encoding, rows = table
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([["text", "label", "number"], *rows] if header else rows)
    found = read(buffer.getvalue().encode(encoding), "x.csv")
    assert found.frame.values.tolist() == rows
    assert (found.delimiter, found.header, found.skipped) == (delimiter, header, ())


@BOUNDED
@given(tables(), st.sampled_from([",", "\t", ";"]), st.randoms(use_true_random=False))
def test_rows_read_and_rows_set_aside_are_all_rows(table, delimiter, random):
    encoding, rows = table
    plain = [[cell.replace(delimiter, " ").replace("\n", " ").replace('"', "") for cell in row] for row in rows]
    lines = [delimiter.join(row) for row in plain]
    for place in random.sample(range(len(lines)), len(lines) // 10):
        lines[place] += f"{delimiter}one{delimiter}too many"
    found = read("\n".join(["text" + delimiter + "label" + delimiter + "number", *lines]).encode(encoding), "x.csv")
    assert len(found.frame) + len(found.skipped) == len(rows)
    assert {each.content for each in found.skipped} == {line for line in lines if line.endswith("too many")}


@BOUNDED
@given(tables(), st.randoms(use_true_random=False))
def test_stray_quotes_cost_no_row(table, random):
    encoding, rows = table
    plain = [[cell.replace("\t", " ").replace("\n", " ").replace('"', "'") for cell in row] for row in rows]
    for place in random.sample(range(len(plain)), 4):
        words = plain[place][0].split(" ")
        words.insert(random.randrange(len(words)), random.choice(['"', '"odd', 'inch"']))
        plain[place][0] = " ".join(words)
    found = read("\n".join("\t".join(row) for row in plain).encode(encoding), "x.tsv")
    assert len(found.frame) == len(rows) and found.frame["1"].tolist() == [row[1] for row in rows]


cells = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.integers(), max_size=3))


@BOUNDED
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["text", "label", "meta", "é"]), cells, min_size=1), min_size=1, max_size=20
    ),
    st.booleans(),
)
def test_json_comes_back_whatever_the_fields(rows, lines):
    content = "\n".join(map(json.dumps, rows)) if lines else json.dumps(rows)
    found = read(content.encode(), "x.jsonl" if lines else "x.json")
    for place, row in enumerate(rows):
        for key, value in row.items():
            got = found.frame[key].iloc[place]
            assert got == value or (value is None and got is None), (key, value, got)


MARKS = [b'"', b",", b"\n", b"\r", b"\t", b"a", b"\xff", b"\xe9", b"{", b"}", b"[", b":", b"1", b"\x00", b" "]
STARTS = [
    b"PK\x03\x04", b"PAR1", b"ARROW1\x00\x00", b"\x1f\x8b\x08\x00", b"BZh9", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"[{", b'{"a":',
    b"\xff\xfe", b"FEA1", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd",
]  # fmt: skip
ENDINGS = "csv tsv txt json jsonl parquet arrow feather xlsx xls zip tar gz tar.gz".split()


@settings(BOUNDED, max_examples=40)
@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(str.encode),
        st.lists(st.sampled_from(MARKS), max_size=300).map(b"".join),
        st.tuples(st.sampled_from(STARTS), st.binary(max_size=200)).map(b"".join),
    ),
    st.sampled_from(ENDINGS),
)  # fmt: skip
def test_fuzzed_bytes_give_a_table_or_a_sentence(content, suffix):
    try:
        assert len(read(content, f"x.{suffix}").frame)
    except GraftError as error:
        assert error.message and error.hint


@pytest.mark.parametrize("cut", [10, 200, 1000])
def test_cut_files_are_told_apart_from_sound_ones(tmp_path, cut):
    import pandas as pd

    path = tmp_path / "x.parquet"
    pd.DataFrame({"text": ["a good film"] * 50}).to_parquet(path)
    with pytest.raises(GraftError, match="Parquet"):
        read(path.read_bytes()[:-cut], "x.parquet")
