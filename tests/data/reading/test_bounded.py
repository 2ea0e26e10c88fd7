"""Files that are no tables of texts are refused in little time and memory, with a sentence that names them."""

import gzip
import json
import os
import random
import threading
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from core.data.reading.read import read_table, sample_table
from core.data.reading.readers import open_table
from core.errors import DatasetError
from tests.conftest import sentences
from tests.data.reading.conftest import read

WIDE = {
    "commas.csv": "," * 2_000_000,
    "semicolons.csv": ("a;" * 300_000 + "\n") * 3,
    "columns.csv": ",".join(f"c{n}" for n in range(300_000)) + "\n" + ",".join("1" for _ in range(300_000)),
    "keys.jsonl": "\n".join(json.dumps({f"k{row}_{n}": "abc" for n in range(200)}) for row in range(500)),
    "keys.json": json.dumps([{f"k{row}_{n}": "abc" for n in range(200)} for row in range(500)]),
    "inner.jsonl": "\n".join(json.dumps({"a": {f"k{row}_{n}": "abc" for n in range(200)}}) for row in range(500)),
}


@pytest.mark.parametrize("name", WIDE)
@pytest.mark.timeout(60)
def test_what_would_have_thousands_of_columns_is_refused(tmp_path, name):
    with pytest.raises(DatasetError, match=rf"{name} would have [\d,]+ columns"):
        read(tmp_path, WIDE[name], name)


@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_a_binary_table_of_thousands_of_columns_is_refused(tmp_path, ending):
    frame = pd.DataFrame([["x"] * 2_500], columns=[f"c{n}" for n in range(2_500)])
    getattr(frame, f"to_{ending}")(tmp_path / f"x.{ending}")
    with pytest.raises(DatasetError, match="2,500 columns"):
        read_table(tmp_path / f"x.{ending}")


def test_a_wide_table_of_numbers_beside_a_text_is_read(tmp_path):
    rows = [[text, label, *["1"] * 300] for text, label in sentences(20)]
    names = ["text", "label", *(f"n{n}" for n in range(300))]
    pd.DataFrame(rows, columns=names).to_csv(tmp_path / "x.csv", index=False)
    assert read_table(tmp_path / "x.csv").frame.shape == (20, 302)


def test_long_lines_of_prose_are_no_wide_table(tmp_path):
    prose = "\n".join(("a word, another one, and more " * size) for size in (3_000, 200, 10, 4_000))
    assert len(read(tmp_path, prose, "x.txt").frame) == 4


def _noise(seed: int) -> bytes:
    draw = random.Random(seed)
    return bytes(draw.randrange(256) for _ in range(4096))


@pytest.mark.parametrize("name", ["x.csv", "x.txt", "x.dat", "x.gz"])
@pytest.mark.parametrize("seed", range(3))
def test_random_bytes_are_no_text(tmp_path, name, seed):
    noise = _noise(seed)
    noise = gzip.compress(noise) if name == "x.gz" else noise.replace(b"\x00", b"\x01")
    with pytest.raises(DatasetError, match="binary data, not text"):
        read(tmp_path, noise, name)


def test_texts_with_joiners_and_a_few_escapes_are_text(tmp_path):
    rows = "\n".join(f"می\u200cخواهم این کتاب\u200cها را \x1b[1mببینم {n},good" for n in range(40))
    assert len(read(tmp_path, f"text,label\n{rows}").frame) == 40


def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "x.csv")
    faults: list[str] = []

    def look() -> None:
        try:
            read_table(tmp_path / "x.csv")
        except DatasetError as error:
            faults.append(str(error))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(20)
    assert faults and "is a pipe, a socket or a device" in faults[0]


@pytest.mark.parametrize("path", ["/proc/kmsg", "/proc/self/status", "/dev/zero"])
def test_files_that_the_system_makes_up_are_refused(path):
    if not Path(path).exists():
        pytest.skip(f"this system has no {path}")
    with pytest.raises(DatasetError, match=r"is empty|a device"):
        read_table(Path(path))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_arrow_file_gives_rows_or_a_sentence(tmp_path, seed):
    table = pa.Table.from_pandas(pd.DataFrame(sentences(60), columns=["text", "label"]))
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    content = bytearray((tmp_path / "x.arrow").read_bytes())
    draw = random.Random(seed)
    at = draw.randrange(8, len(content) - 64)
    content[at : at + 32] = (bytes(32), b"\xff" * 32, bytes(draw.randrange(256) for _ in range(32)))[seed % 3]
    try:
        read(tmp_path, bytes(content), "y.arrow")
    except DatasetError as error:
        assert error.message.startswith("y.arrow")


def test_a_small_text_is_read_in_this_process(tmp_path, monkeypatch):
    def must_not_start():
        raise AssertionError("a process was started for a small text")

    monkeypatch.setattr("core.data.reading.apart._fork", must_not_start)
    assert len(sample_table(open_table(_csv(tmp_path))).frame) == 20


def _csv(folder: Path) -> Path:
    pd.DataFrame(sentences(20), columns=["text", "label"]).to_csv(folder / "x.csv", index=False)
    return folder / "x.csv"
