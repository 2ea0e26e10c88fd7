"""A file that takes its reader down, or asks for too much of it, ends in a sentence and not in the end of this process."""

import gc
import os
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
import psutil
import pytest

from core.data.reading import apart
from core.data.reading.apart import can_read_apart, open_apart
from core.data.reading.parquet import open_parquet
from core.data.reading.read import whole_table
from core.data.reading.reader import ReadingOptions
from core.data.reading.readers import open_table
from core.errors import DatasetError
from tests.conftest import sentences
from tests.processes import wait

pytestmark = pytest.mark.skipif(not can_read_apart(), reason="this system cannot fork: files are read in one process")


def end_the_process(path: Path, name: str, options: ReadingOptions):
    """What a library written in another language does where memory ends."""
    os.abort()


def ask_for_memory(path: Path, name: str, options: ReadingOptions):
    return bytearray(1 << 42)


def never_end(path: Path, name: str, options: ReadingOptions):
    time.sleep(3_600)


def break_down(path: Path, name: str, options: ReadingOptions):
    raise SystemError("an inner library\nsaid so")


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "x.parquet"
    pd.DataFrame(sentences(60), columns=["text", "label"]).to_parquet(path)
    return path


def ask(opens, path: Path):
    return open_apart(opens, path, path.name, ReadingOptions())


def test_a_reader_that_ends_its_process_ends_only_that(parquet):
    with pytest.raises(DatasetError, match=r"x\.parquet took down the process that read it"):
        ask(end_the_process, parquet)
    assert len(whole_table(ask(open_parquet, parquet)).frame) == 60


def test_the_memory_of_a_reader_is_bounded(parquet):
    with pytest.raises(MemoryError):
        ask(ask_for_memory, parquet)


def test_the_time_of_a_reader_is_bounded_and_its_process_is_ended(parquet, monkeypatch):
    monkeypatch.setattr(apart, "MOST_SECONDS", 1.0)
    before = time.monotonic()
    with pytest.raises(DatasetError, match="was not read within"):
        ask(never_end, parquet)
    assert time.monotonic() - before < 60


def test_a_fault_that_cannot_travel_is_told_in_its_first_line(parquet):
    with pytest.raises(ValueError, match=r"^an inner library$"):
        ask(break_down, parquet)


def test_rows_come_back_as_they_would_here_each_time_from_the_start(parquet):
    opened = open_table(parquet)
    first, second = whole_table(opened).frame, whole_table(opened).frame
    assert first.equals(whole_table(open_parquet(parquet, "x", ReadingOptions())).frame) and first.equals(second)


def test_the_process_of_a_file_ends_with_its_reader(parquet):
    opened = open_table(parquet)
    whole_table(opened)
    forks = _forks()
    assert forks
    del opened
    gc.collect()
    wait(lambda: not _forks() & forks, 30)


def test_no_descriptor_stays_open_after_a_file(parquet):
    if not Path("/proc/self/fd").exists():
        pytest.skip("descriptors are counted in /proc")
    whole_table(open_table(parquet))
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        whole_table(open_table(parquet))
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before


def test_a_process_that_was_ended_by_somebody_is_started_again(parquet):
    whole_table(open_table(parquet))
    assert apart._server is not None
    apart._server[0].kill()
    apart._server[0].wait()
    assert len(whole_table(open_table(parquet)).frame) == 60


def _forks() -> set[int]:
    assert apart._server is not None
    alive = set()
    for fork in psutil.Process(apart._server[0].pid).children():
        with suppress(psutil.NoSuchProcess):  # it may end while it is looked at
            if fork.status() != psutil.STATUS_ZOMBIE:
                alive.add(fork.pid)
    return alive
