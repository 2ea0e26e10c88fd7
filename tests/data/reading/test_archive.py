import gzip
import io
import tarfile
import zipfile

import pytest

from core.data.reading.read import read_table
from core.data.sets.add import add_dataset
from core.errors import DatasetError
from tests.conftest import sentences

CSV = "text,label\n" + "\n".join(f"{text},{label}" for text, label in sentences(40))


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path, files, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            archive.addfile(info, io.BytesIO(content.encode()))
    return path


def imdb(rows=24):
    """The layout of aclImdb: parts, classes, unlabelled texts, and files that are no texts."""
    files = {
        "aclImdb/README": "Large Movie Review Dataset",
        "aclImdb/imdb.vocab": "the\nand",
        "aclImdb/train/urls_pos.txt": "http://",
    }
    for number, (text, label) in enumerate(sentences(rows)):
        files[f"aclImdb/{'train' if number < rows * 2 // 3 else 'test'}/{label}/{number}_7.txt"] = text
    for number in range(3):
        files[f"aclImdb/train/unsup/{number}_0.txt"] = f"nobody labelled this one {number}"
    files["__MACOSX/aclImdb/train/pos/._1_7.txt"] = "\x00\x05\x16\x07"
    return files


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_one_folder_a_class_with_parts_above(home, tmp_path, pack):
    path = pack(tmp_path / ("x.zip" if pack is zipped else "x.tar.gz"), imdb())
    table = read_table(path)
    assert (
        table.format == "folders"
        and len(table.frame) == 27
        and table.frame.columns.tolist() == ["text", "label", "split", "file"]
    )
    assert {each.content for each in table.skipped} == {
        "aclImdb/README",
        "aclImdb/imdb.vocab",
        "aclImdb/train/urls_pos.txt",
    }
    dataset, _ = add_dataset(path)
    assert (dataset.rows, dataset.skipped["without label"], dataset.labels) == (24, 3, ("neg", "pos"))
    assert dataset.split == "split" and dataset.size("test") == 8
    assert dataset.rows + dataset.skipped_rows == 24 + 3 + 3


def test_folders_named_as_20_newsgroups_and_texts_without_extension(tmp_path):
    files = {f"20news-bydate-{part}/{group}/{n}": f"From: someone\n\nabout {group} {n}" for part in ("train", "test")
             for group in ("alt.atheism", "sci.space") for n in range(5000, 5003)}  # fmt: skip
    frame = read_table(zipped(tmp_path / "x.zip", files)).frame
    assert (
        len(frame) == 12
        and set(frame["label"]) == {"alt.atheism", "sci.space"}
        and set(frame["split"]) == {"train", "test"}
    )


def test_old_encodings_are_found_over_all_texts_and_names(tmp_path):
    files = {f"{name}/{n}.txt": f"{text} {n}".encode("gb18030") for name, text in
             (("好评", "酒店环境很好,下次还会再来"), ("差评", "房间很脏,服务态度也不好")) for n in range(5)}  # fmt: skip
    frame = read_table(zipped(tmp_path / "x.zip", files)).frame
    assert frame["text"][0].startswith("酒店环境很好") and set(frame["label"]) == {"好评", "差评"}


@pytest.mark.parametrize("suffix", ["gz", "zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "zst"])
def test_a_packed_table_is_read(home, tmp_path, suffix):
    path = tmp_path / f"reviews.csv.{suffix}"
    if suffix == "gz":
        path.write_bytes(gzip.compress(CSV.encode()))
    elif suffix == "zst":
        import pyarrow as pa

        with pa.output_stream(str(path), compression="zstd") as stream:
            stream.write(CSV.encode())
    elif suffix == "zip":
        zipped(path, {"reviews.csv": CSV})
    else:
        tarred(path, {"reviews.csv": CSV}, "w:" + suffix.partition(".")[2])
    assert len(read_table(path).frame) == 40
    dataset, _ = add_dataset(path)
    assert dataset.name == "reviews" and dataset.rows == 40


def test_train_and_test_tables_are_joined_and_their_names_become_the_split(tmp_path):
    table = read_table(zipped(tmp_path / "x.zip", {"data/train.csv": CSV, "data/test.csv": CSV}))
    assert table.frame["split"].value_counts().to_dict() == {"train": 40, "test": 40} and len(table.sheets) == 2


def test_one_of_several_tables_can_be_chosen(tmp_path):
    path = zipped(tmp_path / "x.zip", {"small.csv": "text,label\na one,x\na two,y\n", "large.csv": CSV})
    assert len(read_table(path).frame) == 40 and "2 tables" in read_table(path).warnings[0]
    assert len(read_table(path, sheet="small.csv").frame) == 2
    with pytest.raises(DatasetError, match=r"no table 'none.csv'"):
        read_table(path, sheet="none.csv")


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
    assert "a secret" not in set(table.frame["text"]) and table.skipped[0][1:] == ("a link, not a file", "a/2.txt")


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


def test_archives_in_archives_and_documents_are_named(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"x.csv": CSV}).read_bytes()
    (tmp_path / "x.gz").write_bytes(gzip.compress(inner))
    with pytest.raises(DatasetError, match="another archive"):
        read_table(tmp_path / "x.gz", name="inner.zip.gz")
    with pytest.raises(DatasetError, match="Word document"):
        read_table(zipped(tmp_path / "x.docx", {"word/document.xml": "<xml/>"}))
    with pytest.raises(DatasetError, match=r"only \.png"):
        read_table(zipped(tmp_path / "y.zip", {"a.png": "x", "b.png": "y"}))
