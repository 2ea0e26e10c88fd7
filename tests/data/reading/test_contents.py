"""Files of damaged archives: what cannot be read is told, and nothing behind the damage is lost in silence."""

import errno
import gzip
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from core.data.reading import members
from core.data.reading.members import named_faults, refuse_bomb, refuse_full_disk
from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.data.reading.conftest import CSV, imdb, tarred, zipped


@pytest.fixture
def tar(tmp_path: Path) -> bytes:
    """A sound tar of many texts, not compressed."""
    return tarred(tmp_path / "sound.tar", imdb(60), "w").read_bytes()


def header_in_the_middle(tar: bytes) -> int:
    return tar.index(b"ustar", len(tar) // 2) // 512 * 512


def read(tmp_path: Path, content: bytes, name: str = "x.tar.gz") -> int:
    (tmp_path / name).write_bytes(content)
    return len(read_table(tmp_path / name).frame)


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz"])
@pytest.mark.parametrize("fault", ["zeros", "flipped", "inserted", "cut"])
def test_a_damaged_header_in_the_middle_of_a_tar_is_no_end_of_it(tmp_path, tar, fault, name):
    at = header_in_the_middle(tar)
    damaged = {
        "zeros": tar[:at] + bytes(512) + tar[at + 512 :],
        "flipped": tar[: at + 10] + b"\xff" + tar[at + 11 :],
        "inserted": tar[: at - 300] + b"x" + tar[at - 300 :],
        "cut": tar[:at],
    }[fault]
    with pytest.raises(DatasetError, match="cut off or damaged"):
        read(tmp_path, gzip.compress(damaged) if name.endswith("gz") else damaged, name)


def test_the_checksum_of_a_compressed_tar_is_compared(tmp_path, tar):
    packed = bytearray(gzip.compress(tar))
    packed[-6] ^= 1
    with pytest.raises(DatasetError, match="cut off or damaged"):
        read(tmp_path, bytes(packed))


def test_a_sound_tar_keeps_all_its_rows(tmp_path, tar):
    assert read(tmp_path, gzip.compress(tar)) == read(tmp_path, tar, "x.tar") == 63


def test_a_damaged_file_inside_a_zip_is_named(tmp_path):
    whole = bytearray(zipped(tmp_path / "x.zip", imdb(60)).read_bytes())
    whole[whole.index(b"PK\x03\x04", len(whole) // 3) + 60] ^= 3
    with pytest.raises(DatasetError, match=r"its file 'aclImdb/.*_7.txt' cannot be read"):
        read(tmp_path, bytes(whole), "y.zip")


def test_a_large_table_in_an_archive_is_never_whole_in_memory(tmp_path):
    path = tmp_path / "x.tar"
    (tmp_path / "x.csv").write_text(CSV * 4_000)
    with tarfile.open(path, "w") as archive:
        archive.add(tmp_path / "x.csv", "x.csv")
    sizes = [len(block) for _, content in members.members(path, "x.tar") for block in content.blocks()]
    assert len(sizes) > 1 and max(sizes) <= 1 << 20


def test_a_fault_of_the_disk_is_not_called_a_damaged_archive():
    with pytest.raises(DatasetError, match="No space left on device") as caught, named_faults("x.gz"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert "damaged" not in str(caught.value)


def test_unpacking_stops_before_the_disk_is_full(tmp_path):
    refuse_full_disk(tmp_path, 0 if shutil.disk_usage(tmp_path).free > 2 << 30 else -(2 << 30), "x.gz")
    with pytest.raises(DatasetError, match="MB left"):
        refuse_full_disk(tmp_path, shutil.disk_usage(tmp_path).free, "x.gz")


def test_a_few_megabytes_may_not_become_gigabytes_on_the_disk():
    refuse_bomb(20 * (100 << 20), 100 << 20, "logs.csv.gz")  # as well as texts are ever packed
    with pytest.raises(DatasetError, match="archive bomb"):
        refuse_bomb(2 << 30, 47 << 20, "bomb.csv.gz")
