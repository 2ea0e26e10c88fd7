import hashlib
import json
import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from core.data.columns.guess import guess_roles
from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.conftest import ROOT, sentences

DATA = Path(os.environ.get("GRAFT_TEST_DATA") or ROOT / ".." / "shared" / "data")
EXPECTED = DATA / "messy" / "EXPECTED.json"
CASES = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
REFUSED = {
    "macos_resource_fork.csv": "resource fork", "git_lfs_pointer.tsv": "Git LFS pointer",
    "airline_tweets_excel_mangled.csv": "not a sound table",
}  # fmt: skip


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
    assert len(table.frame) == 60 and table.skipped == ((62, "4 fields instead of 2", "one,two,three,four"),)
    assert "set aside" in table.warnings[0]


@pytest.mark.parametrize("delimiter", list("^~:#\x01\x1f¦§=* "))
def test_any_single_character_separates(tmp_path, delimiter):
    rows = [
        f"{number}{delimiter}{text.replace(' ', '_')}{delimiter}{label}"
        for number, (text, label) in enumerate(sentences(40))
    ]
    table = read(tmp_path, "\n".join([delimiter.join(["id", "text", "label"]), *rows]), "x.txt")
    assert (
        table.delimiter == delimiter
        and len(table.frame) == 40
        and table.frame.columns.tolist() == ["id", "text", "label"]
    )


def test_lines_of_prose_are_one_column_although_each_ends_with_a_stop(tmp_path):
    lines = [
        f"The {thing} was {adverb} good all in all."
        for thing in ("film", "meal", "book")
        for adverb in ("very", "so", "not")
    ]
    table = read(tmp_path, "\n".join(lines), "x.txt")
    assert table.delimiter is None and table.frame["text"].tolist() == lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_read(tmp_path, end):
    table = read(tmp_path, table_of(",", 40).replace("\n", end).encode())
    assert len(table.frame) == 40 and table.frame["label"].tolist() == [label for _, label in sentences(40)]


def test_a_carriage_return_inside_a_line_ends_no_row(tmp_path):
    table = read(tmp_path, "text\tlabel\n" + "\n".join(f"one\rtwo {n}\t{'ab'[n % 2]}" for n in range(30)), "x.tsv")
    assert len(table.frame) == 30 and table.frame["text"][3] == "one\rtwo 3"


LANGUAGES = {
    "cp1252": "Der Käse schmeckte überraschend gut, schöne Grüße", "cp1250": "Wczoraj poszliśmy do kina, film był świetny",
    "cp1251": "Вчера мы ходили в кино, очень понравилось", "koi8-r": "Вчера мы ходили в кино, очень понравилось",
    "cp1253": "Χθες πήγαμε σινεμά, η ταινία ήταν πολύ καλή", "cp1254": "Dün sinemaya gittik, film çok güzeldi, ışıklar şahaneydi",
    "cp1255": "אתמול הלכנו לקולנוע, הסרט היה מצוין", "cp1256": "ذهبنا أمس إلى السينما وكان الفيلم رائعا",
    "big5": "昨天和朋友一起去看電影,非常好看,下次還會再來", "gb18030": "昨天和朋友一起去看电影,非常好看,下次还会再来",
    "shift_jis": "昨日は友達と映画を見に行きました。とても面白かったです",
    "euc_jp": "昨日は友達と映画を見に行きました。とても面白かったです",
    "euc_kr": "어제 친구와 함께 영화를 보러 갔습니다. 정말 재미있었어요", "utf-16-le": "déjà vu, naïve", "utf-32": "déjà vu, naïve",
}  # fmt: skip


@pytest.mark.parametrize("encoding", LANGUAGES)
def test_encodings_are_found_by_the_letters_they_give(tmp_path, encoding):
    rows = [f"{number}\t{LANGUAGES[encoding]}\t{'ab'[number % 2]}" for number in range(20)]
    table = read(tmp_path, "\n".join(["id\ttext\tlabel", *rows]).encode(encoding))
    assert table.frame["text"].tolist() == [LANGUAGES[encoding]] * 20


def test_a_cp1252_part_glued_to_a_utf8_file_is_mended_and_told(tmp_path):
    good = "\n".join(f"{number},le café était délicieux,pos" for number in range(300))
    table = read(tmp_path, ("id,text,label\n" + good).encode() + "\n300,un été,neg\n".encode("cp1252"))
    assert len(table.frame) == 301 and table.frame["text"][300] == "un été"
    assert "2 places do not fit the encoding" in " ".join(table.warnings)


def test_a_quote_that_never_closes_costs_no_row_in_a_quoted_table(tmp_path):
    rows = [f'"{text}, indeed","said ""so""",{label}' for text, label in sentences(50)]
    rows[20] = '"never closed,plain,pos'
    table = read(tmp_path, "\n".join(["text,note,label", *rows]))
    assert len(table.frame) == 50 and table.frame["label"][20] == "pos" and table.frame["text"][21].endswith(", indeed")
    assert "1 rows have quote marks out of place" in " ".join(table.warnings)


def test_names_that_come_again_where_files_were_glued_are_set_aside(tmp_path):
    table = read(tmp_path, table_of(",", 30) + "\n" + table_of(",", 20))
    assert len(table.frame) == 50 and [each.line for each in table.skipped] == [32]


def test_lines_above_the_names_are_set_aside(tmp_path):
    table = read(tmp_path, "Export of all reviews\n\n" + table_of(";", 30))
    assert (
        len(table.frame) == 30
        and table.header
        and [each.content for each in table.skipped] == ["Export of all reviews"]
    )


def test_backslashes_before_quotes_and_single_quotes_are_understood(tmp_path):
    slashed = "\n".join(f'"he said \\"{n}\\", twice",{"ab"[n % 2]}' for n in range(30))
    assert read(tmp_path, "text,label\n" + slashed).frame["text"][4] == 'he said "4", twice'
    single = "\n".join(f"'one, two {n}','{'ab'[n % 2]}'" for n in range(30))
    assert read(tmp_path, "text,label\n" + single).frame["text"][4] == "one, two 4"


def test_the_line_by_which_excel_is_told_the_separator_is_no_row(tmp_path):
    table = read(tmp_path, "sep=;\n" + table_of(";", 20))
    assert len(table.frame) == 20 and table.skipped == ()


@pytest.mark.parametrize(
    "value",
    [
        {"text": ["a good one", "a bad one"], "label": ["pos", "neg"]},
        {"data": [{"text": "a good one", "label": "pos"}, {"text": "a bad one", "label": "neg"}], "version": 1},
        {"columns": ["text", "label"], "index": [0, 1], "data": [["a good one", "pos"], ["a bad one", "neg"]]},
        {"text": {"0": "a good one", "1": "a bad one"}, "label": {"0": "pos", "1": "neg"}},
    ],
)
def test_tables_inside_a_json_object(tmp_path, value):
    frame = read(tmp_path, json.dumps(value), "x.json").frame
    assert frame[["text", "label"]].values.tolist() == [["a good one", "pos"], ["a bad one", "neg"]]


def test_texts_that_stand_only_in_nested_objects_are_found(tmp_path):
    lines = [json.dumps({"id": n, "data": {"text": f"a film {n}", "label": "pos"}}) for n in range(3)]
    assert read(tmp_path, "\n".join(lines), "x.jsonl").frame["data.text"].tolist() == [
        "a film 0",
        "a film 1",
        "a film 2",
    ]


def test_a_json_list_that_is_cut_off_is_not_half_read(tmp_path):
    content = json.dumps([{"text": f"a film {n}", "label": n} for n in range(50)])
    with pytest.raises(DatasetError, match="cut off"):
        read(tmp_path, content[:-30], "x.json")


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_arrow_files(tmp_path, kind):
    table = pa.table({"text": ["good", "bad"], "label": [1, 0]})
    path = tmp_path / "x.arrow"
    with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(str(path), table.schema) as writer:
        writer.write_table(table)
    found = read_table(path)
    assert found.format == "arrow" and found.frame["label"].tolist() == [1, 0]


def test_json_lines_with_differing_fields(tmp_path):
    content = '{"text": "a good one", "label": "pos"}\n{"text": "a bad one", "label": "neg", "by": "x"}\nnot json\n'
    table = read(tmp_path, content, "x.jsonl")
    assert len(table.frame) == 2 and table.frame.columns.tolist() == ["text", "label", "by"]
    assert table.skipped[0] == (3, "not valid JSON", "not json")


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
