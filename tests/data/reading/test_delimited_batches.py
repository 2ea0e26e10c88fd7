import csv

import pandas as pd
import pytest

from core.data.reading import delimited_batches, text_sample
from core.data.reading.delimited_batches import positions, read_fast
from core.data.reading.dialect import guess_dialect
from core.data.reading.read import read_table
from tests.conftest import sentences


@pytest.fixture
def small_blocks(monkeypatch):
    """Files of some kilobytes pass as large ones do."""
    monkeypatch.setattr(delimited_batches, "BLOCK", 3_000)
    monkeypatch.setattr(text_sample, "HEAD", 8_000)


def write(path, rows=600, odd=()):
    """A table with line breaks inside quotes; ``odd`` holds (row, line) to be put behind that row."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "label", "stars"])
        for number, (text, label) in enumerate(sentences(rows)):
            quoted = f'{text}, "really"\nsecond line {number}' if number % 7 == 0 else f"{text} "
            writer.writerow([quoted, label, number % 5])
            file.writelines(line + "\n" for row, line in odd if row == number)
    return path


def test_block_by_block_gives_the_same_rows_as_at_once(tmp_path, small_blocks, monkeypatch):
    path = write(tmp_path / "x.csv", odd=[(300, "one,two,three,four"), (500, '"never closed,pos,1')])
    parts = read_table(path)
    monkeypatch.setattr(delimited_batches, "BLOCK", 1 << 24)
    whole = read_table(path)
    pd.testing.assert_frame_equal(parts.frame, whole.frame)
    assert parts.skipped == whole.skipped and len(whole.frame) == 601 and len(whole.skipped) == 1
    lines = path.read_text().split("\n")
    assert lines[whole.skipped[0].line - 1] == "one,two,three,four"


def test_a_sound_block_takes_the_fast_way(tmp_path):
    text = write(tmp_path / "x.csv").read_text()
    dialect = guess_dialect(text, "x.csv")
    block = text.partition("\n")[2].encode()
    table = read_fast(block, dialect, positions(block, '"'))
    assert table is not None and table.num_rows == 600


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "cp1252"])
def test_other_encodings_pass_in_blocks_too(tmp_path, small_blocks, encoding):
    word = {"gb18030": "酒店环境很好,下次还会再来", "cp1252": "déjà vu à l’été"}.get(encoding, "naïve 你好")
    path = tmp_path / "x.tsv"
    path.write_bytes("\n".join(["text\tlabel", *(f"{word} {n}\t{'ab'[n % 2]}" for n in range(2000))]).encode(encoding))
    assert read_table(path).frame["text"].tolist() == [f"{word} {n}" for n in range(2000)]
