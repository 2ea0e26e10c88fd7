import gzip
import io
import tarfile

import pytest

from core.data.reading.read import read_table
from core.errors import DatasetError
from tests.data.reading.conftest import CSV, imdb, tarred, zipped


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:\\evil.txt"])
def test_paths_that_lead_outside_are_refused(tmp_path, name):
    files = {name: "x", **{f"a/{n}.txt": "one" for n in range(3)}, **{f"b/{n}.txt": "two" for n in range(3)}}
    with pytest.raises(DatasetError, match="outside the archive"):
        read_table(tarred(tmp_path / "x.tar.gz", files))


def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("a/1.txt", "b/1.txt", "b/2.txt"):
            info = tarfile.TarInfo(name)
            info.size = 5
            archive.addfile(info, io.BytesIO(b"hello"))
        link = tarfile.TarInfo("a/2.txt")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
    table = read_table(path)
    assert "a secret" not in set(table.frame["text"]) and table.skipped[0][1:3] == ("a link, not a file", "a/2.txt")


def test_bombs_are_refused_before_they_are_unpacked(tmp_path):
    path = zipped(tmp_path / "x.zip", {"x.csv": b"\x61" * (80 << 20)})
    with pytest.raises(DatasetError, match="archive bomb"):
        read_table(path)
    single = tmp_path / "x.csv.gz"
    single.write_bytes(gzip.compress(b"a" * (80 << 20), 9))
    with pytest.raises(DatasetError, match="archive bomb"):
        read_table(single)


def test_damaged_and_encrypted_archives_are_told_apart(tmp_path):
    whole = zipped(tmp_path / "x.zip", imdb()).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetError, match="cut off"):
        read_table(tmp_path / "cut.zip")
    packed = tarred(tmp_path / "x.tar.gz", imdb()).read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DatasetError, match="cut off or damaged"):
        read_table(tmp_path / "cut.tar.gz")
    flagged = bytearray(zipped(tmp_path / "y.zip", {"x.csv": CSV}).read_bytes())
    flagged[6] |= 1  # the flag for encryption, in the file's header and in the table of contents
    flagged[flagged.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(flagged)
    with pytest.raises(DatasetError, match="encrypted"):
        read_table(tmp_path / "locked.zip")
