"""Large files pass in batches: the same rows, counts and fingerprints as at once, and pages that read a part."""

import csv
import dataclasses
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.data.columns.guess import choose_roles
from core.data.reading import columnar, delimited_batches, read, text_sample
from core.data.sets import store
from core.data.sets.add import add_dataset
from core.data.sets.fingerprint import fingerprint_of
from core.data.sets.preview import preview
from core.data.sets.store import list_datasets
from core.errors import DatasetError
from tests.conftest import ROOT, sentences


@pytest.fixture
def small_blocks(monkeypatch):
    """Files of some kilobytes pass as large ones do."""
    monkeypatch.setattr(delimited_batches, "BLOCK", 3_000)
    monkeypatch.setattr(text_sample, "HEAD", 8_000)
    monkeypatch.setattr(read, "AT_ONCE", 10_000)


def write(path, rows=600, odd=()):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "label", "stars"])
        for number, (text, label) in enumerate(sentences(rows)):
            writer.writerow(
                [f'{text}, "really"\nsecond line {number}' if number % 7 == 0 else f"{text} ", label, number % 5]
            )
            for place, line in odd:
                if place == number:
                    file.write(line + "\n")
    return path


def test_a_large_file_is_stored_in_batches_with_every_row_accounted_for(home, tmp_path, small_blocks):
    path = write(
        tmp_path / "x.csv", odd=[(100, "one,two,three,four"), (200, ",pos,3"), (300, "a text without a label,,1")]
    )
    seen: list[float] = []
    dataset, known = add_dataset(path, progress=seen.append)
    assert not known and dataset.rows == 600 and dataset.skipped_rows == 3
    assert dataset.skipped == {"4 fields instead of 3": 1, "without text": 1, "without label": 1}
    assert seen == sorted(seen) and len(seen) > 10 and seen[-1] == 1.0
    assert any("set aside: 4 fields instead of 3" in warning for warning in dataset.warnings)
    aside = dataset.set_aside()
    assert aside["reason"].tolist() == ["4 fields instead of 3", "without text", "without label"]
    assert aside["content"][0] == "one,two,three,four" and "a text without a label" in aside["content"][2]
    assert add_dataset(path) == (dataset, True)


def test_rows_in_batches_equal_rows_at_once(home, tmp_path, small_blocks, monkeypatch):
    path = write(tmp_path / "x.csv")
    batched, _ = add_dataset(path)
    frame = batched.frame()
    assert fingerprint_of(frame) == batched.fingerprint
    monkeypatch.setattr(read, "AT_ONCE", 1 << 30)
    assert add_dataset(path) == (batched, True)
    table = read.read_table(path)
    expected = preview(table, choose_roles(table.frame, {})).frame
    pd.testing.assert_frame_equal(frame, expected)


def test_several_labels_and_scores_pass_in_batches_as_at_once(home, tmp_path, small_blocks, monkeypatch):
    monkeypatch.setattr(columnar, "ROWS", 100)
    frame = pd.DataFrame(sentences(600), columns=["text", "label"])
    frame["labels"] = [[["a", "b"], ["b"], []][n % 3] for n in range(600)]
    frame["score"] = [n % 7 / 2 for n in range(600)]
    path = tmp_path / "x.parquet"
    frame.to_parquet(path, row_group_size=50)
    for roles in ({"label": "labels", "task": "multi_label"}, {"label": "score", "task": "regression"}):
        monkeypatch.setattr(read, "AT_ONCE", 1)
        batched, _ = add_dataset(path, text="text", **roles)
        monkeypatch.setattr(read, "AT_ONCE", 1 << 30)
        assert add_dataset(path, text="text", **roles) == (batched, True) and batched.task == roles["task"]
        assert fingerprint_of(batched.frame(), batched.task) == batched.fingerprint


def test_a_set_written_as_a_frame_is_read_as_such(home, dataset):
    frame = dataset.frame().iloc[:50].reset_index(drop=True)
    written = dataclasses.replace(dataset, id="other-1", fingerprint=fingerprint_of(frame), rows=50)
    store.write_set(written, frame, {"changed": frame[["row"]]})
    pd.testing.assert_frame_equal(store.get_dataset("other-1").frame(), frame)
    pd.testing.assert_frame_equal(store.get_dataset("other-1").page(40, 20), frame.iloc[40:].reset_index(drop=True))
    assert len(store.get_dataset("other-1").set_aside()) == 0


def test_a_broken_ingest_leaves_nothing_behind(home, tmp_path, small_blocks):
    path = write(tmp_path / "x.csv")
    with pytest.raises(DatasetError, match="distinct values"):
        add_dataset(path, text="stars", label="text")
    assert list_datasets() == [] and list((home / "datasets").iterdir()) == []


def test_pages_and_samples_read_a_part(home, tmp_path, small_blocks):
    dataset, _ = add_dataset(write(tmp_path / "x.csv"))
    frame = dataset.frame()
    pd.testing.assert_frame_equal(dataset.page(590, 200), frame.iloc[590:].reset_index(drop=True))
    pd.testing.assert_frame_equal(dataset.page(95, 20), frame.iloc[95:115].reset_index(drop=True))
    assert len(dataset.page(600, 10)) == 0
    sample = dataset.sample(60)
    assert 40 <= len(sample) <= 90 and sample["row"].is_monotonic_increasing
    merged = sample.merge(frame, on="row", suffixes=("", "_all"))
    assert (merged["text"] == merged["text_all"]).all() and (merged["split"] == merged["split_all"]).all()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from Linux's /proc")
def test_memory_stays_bounded(home, tmp_path):
    """100 MB of text are stored by a process that may not use much more than its libraries do."""
    path = tmp_path / "x.csv"
    line = "".join(f"{text} " for text, _ in sentences(30))[:1900]
    with path.open("w") as file:
        file.write("text,label\n")
        for number in range(50_000):
            file.write(f"{number} {line},{'ab'[number % 2]}\n")
    # the process's own peak: getrusage would tell that of the process it was forked from, if that is larger
    code = "import re,sys; from core.data.sets.add import add_dataset; d,_=add_dataset(sys.argv[1]); " \
           "print(d.rows, re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"  # fmt: skip
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=ROOT, check=True)
    rows, peak = map(int, out.stdout.split())
    assert rows == 50_000 and peak < 700_000  # kilobytes


def test_parquet_types_are_stored_as_text(home, tmp_path):
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame(sentences(40), columns=["text", "label"]).assign(
        score=[1.0, 2.5] * 20, tags=[["a"], []] * 20, flag=[True, False] * 20
    )
    frame.to_parquet(path)
    stored = add_dataset(path, label="label")[0].frame()
    assert (
        stored["extra.score"][:2].tolist() == ["1", "2.5"]
        and stored["extra.tags"][0] == '["a"]'
        and stored["extra.flag"][0] == "true"
    )


def test_offline_a_hub_name_gets_a_sentence(home, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DatasetError, match="offline"):
        add_dataset("stanfordnlp/imdb")


def test_a_missing_file_is_not_looked_for_on_the_hub(home):
    with pytest.raises(DatasetError, match="There is no file"):
        add_dataset("data/reviews.csv")
