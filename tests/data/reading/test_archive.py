import gzip

import pytest

from core.data.reading.read import read_table
from core.data.sets.add import add_dataset
from core.errors import DatasetError
from tests.data.reading.conftest import CSV, tarred, zipped


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


def test_archives_in_archives_and_documents_are_named(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"x.csv": CSV}).read_bytes()
    (tmp_path / "x.gz").write_bytes(gzip.compress(inner))
    with pytest.raises(DatasetError, match="another archive"):
        read_table(tmp_path / "x.gz", name="inner.zip.gz")
    with pytest.raises(DatasetError, match="Word document"):
        read_table(zipped(tmp_path / "x.docx", {"word/document.xml": "<xml/>"}))
    with pytest.raises(DatasetError, match=r"only \.png"):
        read_table(zipped(tmp_path / "y.zip", {"a.png": "x", "b.png": "y"}))
